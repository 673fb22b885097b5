"""The short cuts of the usual case return what the full rules return."""

import random
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.identity import cleaning, ip, phone, state
from service.domain.identity.american_states import STATE_CODES

STYLES = (
    "{a}{b}{c}",
    "({a}) {b}-{c}",
    "({a}){b}{c}",
    "{a}-{b}-{c}",
    "{a}.{b}.{c}",
    "{a} {b} {c}",
)
PREFIXES = ("", "1", "1-", "1 ", "1.", "+1", "+1 ", "+1-", "+1.")
REGIONS = ("US", "CA", "GB", None)


def a_number(rng: random.Random) -> str:
    digits = f"{rng.randrange(10**10):010}"
    text = rng.choice(STYLES).format(a=digits[:3], b=digits[3:6], c=digits[6:])
    return rng.choice(PREFIXES) + text


class TestPhones:
    def compare(self, number: int, *, seed: int) -> int:
        rng = random.Random(seed)
        short = 0
        for _ in range(number):
            text, region = a_number(rng), rng.choice(REGIONS)
            found = phone._north_american(text, region)
            if found is not None:
                short += 1
                assert found == phone._phone(text, region), (text, region)
        return short

    def test_of_north_america_are_what_libphonenumber_makes_of_them(self) -> None:
        assert self.compare(4_000, seed=1) > 2_000

    @pytest.mark.thorough
    def test_of_north_america_are_so_a_hundred_thousand_times(self) -> None:
        assert self.compare(100_000, seed=2) > 50_000


class TestAddressesOfBrowsers:
    @given(st.ip_addresses())
    def test_are_public_where_no_special_network_begins_so(
        self, address: IPv4Address | IPv6Address
    ) -> None:
        if ip._is_ordinary(address):
            assert address.is_global
            assert not address.is_multicast

    def test_of_every_first_octet_are_public_if_they_are_ordinary(self) -> None:
        for octet in range(256):
            for rest in ("0.0.1", "64.3.9", "168.1.1", "255.255.254"):
                address = ip_address(f"{octet}.{rest}")
                assert not ip._is_ordinary(address) or address.is_global
        assert sum(ip._is_ordinary(ip_address(f"{octet}.8.8.8")) for octet in range(256)) == 215


class TestTexts:
    @given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20)))
    def test_of_printable_ascii_are_trimmed_alike(self, text: str) -> None:
        invisible = f"\N{ZERO WIDTH SPACE}{text}"  # which the short cut does not take
        assert cleaning._trimmed(text) == cleaning._trimmed(invisible)

    @given(st.text())
    def test_keep_letters_and_digits_alike(self, text: str) -> None:
        lowered = text.lower()
        assert cleaning._alphanumeric(lowered) == "".join(filter(str.isalnum, lowered))


class TestStates:
    @pytest.mark.parametrize("country", [None, "us", "ca", "pr"])
    def test_with_one_word_are_what_the_readings_say(self, country: str | None) -> None:
        for typed in (*STATE_CODES, *map(str.upper, STATE_CODES)):
            assert state.normalize_state(typed, country=country) == state._american(typed)

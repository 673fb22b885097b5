"""The short cuts of the usual case return what the full rules return."""

import random
import string
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.identity import city, cleaning, country, ip, name, phone, state
from service.domain.identity.american_states import STATE_CODES
from service.domain.identity.folding import folded

STYLES = (
    "{a}{b}{c}",
    "({a}) {b}-{c}",
    "({a}){b}{c}",
    "{a}-{b}-{c}",
    "{a}.{b}.{c}",
    "{a} {b} {c}",
)
PREFIXES = ("", "1", "1-", "1 ", "1.", "+1", "+1 ", "+1-", "+1.")
LETTERS_AND_SIGNS = st.text(string.ascii_letters + " .'-&;é8", max_size=20)
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
                full = cleaning.normalized(text, partial(phone._phone, region=region))
                assert found == full, (text, region)
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

    @given(st.ip_addresses(v=4).map(str), st.sampled_from(["", "::ffff:"]))
    def test_of_four_octets_are_read_as_any_other(self, text: str, prefix: str) -> None:
        found = ip._ordinary_ipv4(prefix + text)
        assert found in {None, ip._public(prefix + text)}

    @given(st.lists(st.integers(0, 299).map(str), min_size=3, max_size=5).map(".".join))
    def test_are_never_read_from_what_is_no_address(self, text: str) -> None:
        assert ip._ordinary_ipv4(text) in {None, ip._public(text)}

    @pytest.mark.parametrize("text", ["08.8.8.8", "8.8.8.8:80", "8.8.8.8 ", "8.8.8.٨", "8.8.8"])
    def test_are_left_to_the_full_rule_unless_they_are_plain(self, text: str) -> None:
        assert ip._ordinary_ipv4(text) is None

    def test_take_the_short_cut_in_most_requests(self) -> None:
        assert ip._ordinary_ipv4("8.8.4.4") == ip._ordinary_ipv4("::ffff:8.8.4.4") == "8.8.4.4"


class TestTexts:
    @given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20)))
    def test_of_printable_ascii_are_trimmed_alike(self, text: str) -> None:
        invisible = f"\N{ZERO WIDTH SPACE}{text}"  # which the short cut does not take
        assert cleaning.normalized(text, str) == cleaning.normalized(invisible, str)

    @given(
        st.text() | st.sampled_from(sorted(cleaning._JUNK)), st.sampled_from(["", "-", " ", "x"])
    )
    def test_that_are_junk_never_take_the_short_cut(self, text: str, sign: str) -> None:
        lowered = (sign + text).lower()
        word = cleaning._alphanumeric(lowered)
        is_listed = not word or word in cleaning._JUNK or set(word) in ({"x"}, {"z"})
        is_junk = is_listed and word not in {"x", "z"}
        assert cleaning._is_junk(lowered) == is_junk
        assert not (is_junk and lowered[:1] in cleaning._NO_JUNK_BEGINS_SO)

    @given(st.text())
    def test_keep_letters_and_digits_alike(self, text: str) -> None:
        lowered = text.lower()
        assert cleaning._alphanumeric(lowered) == "".join(filter(str.isalnum, lowered))


class TestStates:
    @pytest.mark.parametrize("country", [None, "us", "ca", "pr"])
    def test_with_one_word_are_what_the_readings_say(self, country: str | None) -> None:
        for typed in (*STATE_CODES, *map(str.upper, STATE_CODES)):
            assert state.normalize_state(typed, country=country) == state._american(typed)


class TestNames:
    @given(LETTERS_AND_SIGNS)
    def test_of_letters_alone_are_what_is_left_of_any_other(self, text: str) -> None:
        assert name._name(text) == cleaning.without(text.lower(), name._is_dropped)


class TestCities:
    @given(LETTERS_AND_SIGNS)
    def test_have_a_second_form_only_if_the_pixel_makes_another(self, text: str) -> None:
        forms = (
            cleaning.normalized(text, folded),
            cleaning.normalized(text, city._pixel_form),
        )
        expected = tuple(dict.fromkeys(filter(None, forms))) if forms[0] else ()
        assert city.normalize_city(text) == expected


class TestCountries:
    def test_with_a_code_are_what_the_names_say(self) -> None:
        for code in (*country._codes(), *map(str.upper, country._codes())):
            full = cleaning.normalized(code, country._country)
            assert full is not None
            assert country.normalize_country(code) == full

    @pytest.mark.parametrize("code", ["na", "NAM", "N.A.", "xx", "ZZ", "tbd", "nil"])
    def test_are_not_read_from_junk(self, code: str) -> None:
        assert country.normalize_country(code) is None

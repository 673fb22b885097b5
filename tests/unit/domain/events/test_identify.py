from typing import Any

import pytest

from service.domain.events.event import Identity
from service.domain.events.identify import identify, public_ip
from service.domain.identity import hashed
from service.domain.shop.person import Address, ClientInfo, Customer, Person


def buyer(bill_to: Address, **customer: Any) -> Identity:
    person = Person(bill_to=bill_to, customer=Customer(**customer))
    return identify(person, is_seen_online=False)


class TestTheBuyer:
    def test_has_the_best_known_value_first(self) -> None:
        emails = ("zoe@winery.com", "amy@winery.com", "zoe@winery.com")
        identity = buyer(
            Address(last_name="Zeta"), emails=emails, address=Address(last_name="Alpha")
        )

        assert identity.hashed_emails == (hashed("zoe@winery.com"), hashed("amy@winery.com"))
        assert identity.hashed_last_names == (hashed("zeta"), hashed("alpha"))

    def test_has_the_country_of_the_other_address_if_one_names_none(self) -> None:
        german = Address(country="DE")
        number, expected = "0171 1234567", (hashed("491711234567"),)

        assert buyer(Address(phone=number), address=german).hashed_phones == expected
        assert buyer(german, address=Address(phone=number)).hashed_phones == expected
        assert buyer(german, phones=(number,)).hashed_phones == expected
        assert buyer(Address(), address=german, phones=(number,)).hashed_phones == expected

    def test_has_a_state_and_postcode_as_the_country_writes_them(self) -> None:
        abroad = buyer(Address(state="CA", postcode="123456789", country="DE"))
        georgian = buyer(Address(state="Georgia", country="GE"))

        assert abroad.hashed_postcodes == (hashed("123456789"),)
        assert georgian.hashed_states == (hashed("georgia"),)

    def test_has_no_placeholder_number(self) -> None:
        identity = buyer(Address(phone="+15555555555"), phones=("(555) 555-5555",))
        assert identity.hashed_phones == ()

    def test_has_a_browser_on_one_short_line(self) -> None:
        def seen(raw: str) -> str | None:
            person = Person(connection=ClientInfo(user_agent=raw))
            return identify(person, is_seen_online=True).user_agent

        assert seen(" Mozilla/5.0\r\n\t(invented) ") == "Mozilla/5.0 (invented)"
        assert seen("x" * 2000) == "x" * 1000
        assert seen(" \n") is None


class TestPublicIp:
    def test_is_read_with_spaces_around_it(self) -> None:
        assert public_ip(" 8.8.4.25 ") == "8.8.4.25"

    @pytest.mark.parametrize("raw", ["224.0.1.1", "ff0e::1"])
    def test_is_never_a_multicast_address(self, raw: str) -> None:
        assert public_ip(raw) is None

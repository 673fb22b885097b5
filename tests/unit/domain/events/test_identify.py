from typing import Any

from service.domain.events.event import Identity
from service.domain.events.identify import identify
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

    def test_has_the_ten_best_of_a_merged_records_many_values(self) -> None:
        emails = [f"casey.{number}@winery.com" for number in range(12)]
        identity = buyer(Address(), emails=("no address", emails[0], *emails))
        assert identity.hashed_emails == tuple(map(hashed, emails[:10]))

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

    def test_called_guest_keeps_what_is_real(self) -> None:
        guest = Address(first_name="Guest", last_name="Guest", city="Napa", state="CA")
        identity = buyer(guest, id="c-1", emails=("casey@cellar-post.net",), address=guest)

        assert identity.hashed_emails == (hashed("casey@cellar-post.net"),)
        assert identity.hashed_cities == (hashed("napa"),)
        assert identity.hashed_external_ids == (hashed("c-1"),)
        assert (identity.hashed_first_names, identity.hashed_last_names) == ((), ())

    def test_keeps_a_last_name_beside_a_placeholder(self) -> None:
        identity = buyer(Address(first_name="Guest", last_name="Ng"))
        assert (identity.hashed_first_names, identity.hashed_last_names) == ((), (hashed("ng"),))

        identity = buyer(Address(first_name="Casey", last_name="Walk-In"))
        assert (identity.hashed_first_names, identity.hashed_last_names) == ((hashed("casey"),), ())

    def test_is_not_found_in_a_record_that_strangers_share(self) -> None:
        place: dict[str, Any] = {"city": "Napa", "state": "CA", "postcode": "94558"}
        shared: list[dict[str, Any]] = [
            {"address": Address(first_name="Guest", **place)},
            {"address": Address(first_name="Guest", last_name="Ng", **place)},
            {"address": Address(last_name="Walk-In", **place)},
            {"address": Address(first_name="xxx", last_name="n/a", **place)},
            {"address": Address(**place), "emails": ("noemail@winery.com",)},
            {"address": Address(**place, phone="000-000-0000", country="US")},
            {"address": Address(first_name="Tasting", last_name="Room"), "phones": ("5555555555",)},
        ]
        for record in shared:
            assert buyer(Address(), id="till-1", **record) == Identity()

    def test_is_found_in_a_record_without_a_name_or_with_a_real_one(self) -> None:
        assert buyer(Address(), id="c-1").hashed_external_ids
        named = Address(first_name="Casey", last_name="Sample")
        assert buyer(Address(), id="c-1", address=named, emails=("noemail@x.com",)) == Identity(
            hashed_first_names=(hashed("casey"),),
            hashed_last_names=(hashed("sample"),),
            hashed_external_ids=(hashed("c-1"),),
        )

    def test_has_a_browser_on_one_short_line(self) -> None:
        def seen(raw: str) -> str | None:
            person = Person(connection=ClientInfo(user_agent=raw))
            return identify(person, is_seen_online=True).user_agent

        assert seen(" Mozilla/5.0\r\n\t(invented) ") == "Mozilla/5.0 (invented)"
        assert seen("x" * 2000) == "x" * 1000
        assert seen(" \n") is None

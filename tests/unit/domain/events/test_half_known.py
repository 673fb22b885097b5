import pytest

from service.domain.events.half_known import is_half_known, lacks_contact, lacks_place
from service.domain.shop.person import Address, Customer, Person

PLACE = Address(state="OH")


def person(
    *, bill_to: Address = PLACE, elsewhere: tuple[Address, ...] = (), **known: object
) -> Person:
    facts = {"id": "c-1", "emails": ("casey@example.com",)} | known
    customer = Customer(**facts)  # type: ignore[arg-type] # fields by their names
    return Person(customer=customer, bill_to=bill_to, elsewhere=elsewhere)


class TestAPersonIsHalfKnown:
    def test_without_a_way_to_reach_them(self) -> None:
        assert lacks_contact(person(emails=()))
        assert is_half_known(person(emails=()))

    @pytest.mark.parametrize(
        "bill_to", [Address(), Address(city="Napa", country="US"), Address(state="n/a")]
    )
    def test_without_an_address_that_says_which_law_applies(self, bill_to: Address) -> None:
        assert lacks_place(person(bill_to=bill_to))
        assert is_half_known(person(bill_to=bill_to))


class TestAPersonIsKnownWellEnough:
    @pytest.mark.parametrize(
        "known",
        [
            person(),
            person(bill_to=Address(postcode="44101")),
            person(bill_to=Address(country="DE")),
            person(bill_to=Address(), address=PLACE),
            person(bill_to=Address(), elsewhere=(PLACE,)),
            person(emails=(), phones=("+16505551212",)),
            person(emails=(), bill_to=Address(state="OH", phone="+16505551212")),
        ],
    )
    def test_with_a_contact_and_a_place(self, known: Person) -> None:
        assert not is_half_known(known)

    def test_if_no_customer_can_be_looked_up(self) -> None:
        assert not is_half_known(person(id=None, emails=(), bill_to=Address()))

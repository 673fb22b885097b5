"""Look-ups for people whose state, and so whose privacy law, no address tells."""

import pytest

from service.domain.copies import replace
from service.domain.identity import hashed
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.shop.person import Address, Customer, Person
from service.domain.shop.signal import Action, Fact
from service.ports import Refusal
from tests.builders import (
    CASEY,
    CUSTOMER_ID,
    a_membership,
    a_registration,
    a_reservation,
    an_order,
)
from tests.conftest import World
from tests.unit.usecases.lookups import event_of, know_casey, receive_fact, refuse

NAPA = Address(first_name="Casey", city="Napa", state="CA", country="US")
REACHABLE = Person(
    customer=Customer(
        id=CUSTOMER_ID, emails=("casey@cellar-post.net",), address=Address(first_name="Casey")
    )
)
FACTS: dict[str, Fact] = {
    "order": an_order(channel=Channel.POS, person=REACHABLE),
    "membership": a_membership(person=REACHABLE),
    "reservation": a_reservation(person=REACHABLE),
    "registration": a_registration(person=REACHABLE),
}


@pytest.fixture(autouse=True)
def _a_shop_that_knows_them(world: World) -> None:
    know_casey(world)
    for fact in FACTS.values():
        world.shops.orders[fact.id] = fact  # type: ignore[assignment] # each is asked for by its kind
        world.shops.memberships[fact.id] = fact  # type: ignore[assignment] # the same
        world.shops.reservations[fact.id] = fact  # type: ignore[assignment] # the same
    world.shops.customers[CUSTOMER_ID] = a_registration(person=REACHABLE)


@pytest.mark.parametrize("kind", FACTS)
class TestAReachablePersonWithoutAState:
    def test_has_the_law_of_their_address_book(self, world: World, kind: str) -> None:
        world.shops.books[CUSTOMER_ID] = {"address-1": NAPA}

        record = receive_fact(world, FACTS[kind])
        assert (record.status, record.deliveries) == (Status.RECEIVED, {})
        world.resolve(record.key)

        event = event_of(world)
        assert (event.data_use.state, event.data_use.rule) == (1000, "address in CA")
        assert event.identity.hashed_emails == (hashed("casey@cellar-post.net"),)

    def test_is_sent_all_the_same_if_the_book_is_refused(self, world: World, kind: str) -> None:
        refuse(world, "addresses", Refusal.NOT_ALLOWED)
        world.resolve(receive_fact(world, FACTS[kind]).key)

        assert world.row().status is Status.QUEUED
        assert not event_of(world).data_use.limited


class TestAPersonWhoseLawIsKnown:
    @pytest.mark.parametrize(
        "place", [CASEY, Address(postcode="44101"), Address(country="Germany"), NAPA]
    )
    def test_is_not_looked_up(self, world: World, place: Address) -> None:
        receive_fact(world, an_order(person=replace(REACHABLE, bill_to=place)))
        assert world.row().status is Status.QUEUED
        assert world.shops.asked == []

    def test_is_looked_up_for_a_contact_alone(self, world: World) -> None:
        stranger = Person(customer=Customer(id=CUSTOMER_ID), bill_to=Address(state="OH"))
        order = an_order(person=stranger)
        world.shops.orders[order.id] = order
        world.resolve(receive_fact(world, order).key)
        assert [what for what, _ in world.shops.asked] == ["order", "customer"]


def test_an_unproven_webhook_leads_to_the_book_too(world: World) -> None:
    world.shops.books[CUSTOMER_ID] = {"#1": NAPA}
    record = receive_fact(world, FACTS["order"], Action.UPDATE, is_trusted=False)
    world.resolve(record.key)
    assert event_of(world).data_use.state == 1000

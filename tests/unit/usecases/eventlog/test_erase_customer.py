"""Erasing a customer: none of their events waits any more, and none is sent again."""

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.records.record import LOCK_FOR, EventRecord, Status
from service.domain.shop.person import Customer
from service.domain.shop.signal import Fact
from service.domain.tenants.tenant import Role
from service.ports import Refusal, ShopError
from service.usecases.delivery.send_event import Attempted
from service.usecases.eventlog.erase_customer import Erased, erase_customer
from service.usecases.intake.receive_signal import Receipt
from service.usecases.intake.resolve_signal import Resolved
from tests.builders import (
    CUSTOMER_ID,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    a_stranger,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.unit.usecases.interruptions import drop, preceded, rewrite

EMAIL = "casey@example.com"
ROBIN = Customer(id="robin-1", emails=("robin@example.com",))


def erase(
    world: World, email: str | None = None, customer_id: str | None = None, tenant_id: str = TENANT
) -> int:
    erased = erase_customer(
        tenant_id, email=email, customer_id=customer_id, services=world.services
    )
    assert erased.unknown == 0
    return erased.events


def receive_fact(world: World, fact: Fact, tenant_id: str = TENANT) -> EventRecord:
    received = world.receive(a_signal(fact), tenant_id=tenant_id)
    assert received.record is not None
    return received.record


def stored(world: World, record: EventRecord) -> EventRecord:
    found = world.services.events.find(record.tenant_id, record.key)
    assert found is not None
    return found.record


def log(world: World, tenant_id: str = TENANT) -> list[str]:
    found = world.services.events.newest(tenant_id, limit=200)
    return sorted(each.record.object_id for each in found)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


class TestAPerson:
    @pytest.mark.parametrize("email", [EMAIL, "  Casey@Example.COM\n", "CASEY@EXAMPLE.COM"])
    def test_is_known_by_their_address_in_any_spelling(self, world: World, email: str) -> None:
        record = receive_fact(world, an_order())
        assert erase(world, email) == 1
        assert stored(world, record).payload is None
        assert log(world) == []

    @pytest.mark.parametrize("spelt", [CUSTOMER_ID, CUSTOMER_ID.lower(), f" {CUSTOMER_ID} "])
    def test_is_known_by_their_id_in_any_spelling(self, world: World, spelt: str) -> None:
        receive_fact(world, an_order())
        assert erase(world, customer_id=spelt) == 1
        assert log(world) == []

    def test_is_known_by_either_and_forgotten_once(self, world: World) -> None:
        receive_fact(world, an_order(id="both"))
        receive_fact(world, an_order(id="mail", customer=Customer(emails=(EMAIL,))))
        receive_fact(
            world, an_order(id="id", customer=Customer(id=CUSTOMER_ID, phones=("+17079631234",)))
        )
        assert erase(world, EMAIL, CUSTOMER_ID) == 3
        assert erase(world, EMAIL, CUSTOMER_ID) == 0

    def test_is_known_in_every_kind_of_event(self, world: World) -> None:
        for fact in (an_order(), a_reservation(), a_membership(), a_registration()):
            receive_fact(world, fact)
        assert erase(world, customer_id=CUSTOMER_ID) == 4
        assert world.services.events.open(TENANT, after=None, limit=10) == []

    @pytest.mark.parametrize(
        ("email", "customer_id"),
        [(None, None), ("", ""), ("nobody@example.com", None), (None, "f0440"), ("casey", None)],
    )
    def test_that_is_not_known_has_nothing_erased(
        self, world: World, email: str | None, customer_id: str | None
    ) -> None:
        receive_fact(world, an_order())
        assert erase(world, email, customer_id) == 0
        assert world.row().status is Status.QUEUED

    def test_has_every_page_of_a_long_list_erased(self, world: World) -> None:
        for number in range(205):
            receive_fact(world, an_order(id=str(number)))
        receive_fact(world, an_order(id="robin", customer=ROBIN))
        assert erase(world, EMAIL) == 205
        assert log(world) == ["robin"]


class TestOthers:
    def test_of_the_same_winery_stay(self, world: World) -> None:
        receive_fact(world, an_order(id="casey"))
        theirs = receive_fact(world, an_order(id="robin", customer=ROBIN))
        erase(world, EMAIL, CUSTOMER_ID)
        assert log(world) == ["robin"]
        assert stored(world, theirs) == theirs

    def test_of_another_winery_stay_even_if_they_are_the_same_person(self, world: World) -> None:
        world.install(tenant_id="other-winery")
        for fact in (an_order(), a_registration()):
            receive_fact(world, fact)
            receive_fact(world, fact, "other-winery")
        assert erase(world, EMAIL, CUSTOMER_ID) == 2
        assert log(world) == []
        assert len(log(world, "other-winery")) == 2
        assert len(world.services.events.open("other-winery", after=None, limit=9)) == 2


class TestWhatIsFinished:
    def test_stays_in_the_log_since_it_holds_no_personal_data(self, world: World) -> None:
        record = receive_fact(world, an_order())
        world.send(record)
        assert erase(world, EMAIL, CUSTOMER_ID) == 0
        assert world.row().status is Status.SENT

    def test_at_one_pixel_only_is_erased_with_the_other(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        record = receive_fact(world, an_order())
        world.send(record)
        assert world.delivery().status is DeliveryStatus.SENT
        assert erase(world, EMAIL) == 1
        assert stored(world, record).cleared
        assert world.send(record, Role.SECONDARY).attempted is Attempted.NOTHING
        assert len(world.meta.sent) == 1

    def test_goes_if_it_is_the_persons_sign_up(self, world: World) -> None:
        record = receive_fact(world, a_registration())
        world.send(record)
        assert world.row().status is Status.SENT
        assert erase(world, customer_id=CUSTOMER_ID.lower()) == 0  # the sign-up did not wait
        assert log(world) == []
        lock = stored(world, record)
        assert (lock.cleared, lock.match_keys, lock.deliveries) == (True, (), {})


class TestALock:
    @pytest.mark.parametrize("fact", [an_order(), a_reservation(), a_registration()])
    def test_keeps_the_event_from_being_made_again(self, world: World, fact: Fact) -> None:
        record = receive_fact(world, fact)
        assert erase(world, EMAIL, CUSTOMER_ID) == 1

        for _ in range(2):
            assert world.receive(a_signal(fact)).receipt is Receipt.DUPLICATE
        assert world.send(record).attempted is Attempted.NOTHING
        assert (log(world), world.meta.sent) == ([], [])

    def test_keeps_it_from_being_looked_up(self, world: World) -> None:
        world.shops.customers[CUSTOMER_ID] = a_registration()
        world.shops.memberships[a_membership().id] = a_membership()
        record = receive_fact(world, a_membership())
        assert erase(world, customer_id=CUSTOMER_ID) == 1

        assert world.resolve(record.key) is Resolved.NOTHING
        assert world.receive(a_signal(a_membership())).receipt is Receipt.DUPLICATE
        assert world.shops.asked == []

    def test_is_bare_and_expires_like_any_other(self, world: World) -> None:
        record = receive_fact(world, an_order())
        erase(world, EMAIL)
        lock = stored(world, record)
        assert (lock.payload, lock.custom, lock.object_id, lock.event_id) == (None, None, "", "")
        assert (lock.match_keys, lock.deliveries, lock.lookup) == ((), {}, None)
        assert lock.due_at is None
        assert lock.expires_at == record.received_at + LOCK_FOR


class TestTrouble:
    def test_with_a_text_that_no_key_opens_stops_nothing(self, world: World) -> None:
        broken = receive_fact(world, an_order(id="broken"))
        found = world.services.events.find(TENANT, broken.key)
        assert found is not None
        world.services.events.replace(found, replace(broken, payload="damaged"))
        receive_fact(world, an_order(id="whole"))
        assert erase(world, EMAIL) == 1
        assert log(world) == ["broken"]

    def test_with_another_process_that_writes_is_overcome(self, world: World) -> None:
        record = receive_fact(world, an_order())
        events = preceded(
            world.services.events,
            "replace",
            by=lambda: rewrite(world, record.key, object_number="9"),
        )
        services = replace(world.services, events=events)
        erased = erase_customer(TENANT, email=EMAIL, customer_id=None, services=services)
        assert erased == Erased(events=1)
        assert stored(world, record).cleared

    def test_with_an_id_that_no_key_opens_stops_nothing_and_leaves_no_doubt(
        self, world: World
    ) -> None:
        broken = receive_fact(world, a_membership())
        assert broken.lookup is not None
        rewrite(world, broken.key, lookup=replace(broken.lookup, sealed_id="damaged"))
        whole = receive_fact(world, an_order())
        assert erase(world, EMAIL) == 1
        assert stored(world, whole).cleared
        world.run_tasks()
        assert (world.row().reason, world.meta.sent) == (Reason.SIGNAL_UNREADABLE, [])

    def test_with_a_record_that_is_erased_meanwhile_is_none(self, world: World) -> None:
        record = receive_fact(world, an_order())
        events = preceded(world.services.events, "replace", by=lambda: drop(world, record.key))
        services = replace(world.services, events=events)
        erased = erase_customer(TENANT, email=EMAIL, customer_id=None, services=services)
        assert erased == Erased(events=0)
        assert world.services.events.find(TENANT, record.key) is None


class TestACustomerKnownToTheShopOnly:
    @pytest.fixture(autouse=True)
    def _receive_fact(self, world: World) -> None:
        world.install()
        world.shops.customers[CUSTOMER_ID] = a_registration()
        world.shops.memberships[a_membership().id] = a_membership()

    def test_is_looked_up_and_found_by_their_address(self, world: World) -> None:
        record = receive_fact(world, a_membership())
        assert erase(world, EMAIL) == 1
        world.resolve(record.key)
        assert world.services.events.newest(TENANT, limit=9) == []
        assert world.meta.sent == []

    def test_is_found_for_an_unproven_webhook(self, world: World) -> None:
        world.shops.orders[an_order().id] = an_order()
        record = world.receive(a_signal(an_order()), is_trusted=False).record
        assert record is not None
        assert erase(world, EMAIL) == 1
        assert stored(world, record).cleared
        world.run_tasks()
        assert (log(world), world.meta.sent) == ([], [])

    def test_is_not_another_customer(self, world: World) -> None:
        record = receive_fact(world, a_membership())
        assert erase(world, "robin@example.com") == 0
        assert stored(world, record).lookup

    def test_is_counted_as_unknown_if_the_shop_does_not_answer(self, world: World) -> None:
        receive_fact(world, a_membership())
        world.shops.refusals["membership"] = ShopError(Refusal.NO_ANSWER)
        erased = erase_customer(TENANT, email=EMAIL, customer_id=None, services=world.services)
        assert erased == Erased(events=0, unknown=1)
        assert erase(world, EMAIL, CUSTOMER_ID) == 1


def test_a_customer_known_to_the_shop_only_is_found_by_their_id(world: World) -> None:
    receive_fact(world, an_order(person=a_stranger()))
    assert erase(world, EMAIL, CUSTOMER_ID) == 1

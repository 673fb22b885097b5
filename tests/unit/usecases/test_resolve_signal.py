"""What is asked of the shop, and what becomes of its answers and its silence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.delivery import DeliveryStatus
from service.domain.event import Event, EventName
from service.domain.identity import hashed
from service.domain.membership import MembershipStatus
from service.domain.order import OrderKind, Payment
from service.domain.person import Address, Customer, Person
from service.domain.record import EventRecord, Status
from service.domain.schedule import EVENT_WINDOW, LOOKUP_PATIENCE
from service.domain.signal import Action, Fact
from service.domain.tenant import Pixels, Role, TenantSettings
from service.ports import Refusal, ShopError
from service.usecases.payload import unseal_event
from service.usecases.receive_signal import Receipt
from service.usecases.resolve_signal import Resolved
from service.usecases.sweep_deliveries import sweep_deliveries
from service.usecases.tasks import ResolveTask, parse_task
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    a_stranger,
    an_order,
    some_settings,
)
from tests.conftest import World

EMAIL = (hashed("casey@example.com"),)


def told(
    world: World, fact: Fact, action: Action = Action.CREATE, *, is_trusted: bool = True
) -> EventRecord:
    """Take in the news, and return the record that they leave."""
    received = world.receive(a_signal(fact, action), is_trusted=is_trusted)
    assert received.record is not None
    return received.record


def event_of(world: World) -> Event:
    payload = world.row().payload or ""
    return unseal_event(payload, tenant_id=TENANT, vault=world.services.vault)


def refuse(world: World, what: str, refusal: Refusal, after: timedelta | None = None) -> None:
    world.shops.refusals[what] = ShopError(refusal, retry_after=after)


@pytest.fixture(autouse=True)
def _a_known_person(world: World) -> None:
    world.install()
    world.shops.customers[CUSTOMER_ID] = a_registration()
    world.shops.memberships["f0dce6db-4502"] = a_membership()


class TestAMembership:
    def test_is_sent_with_the_customers_own_record(self, world: World) -> None:
        record = told(world, a_membership())
        assert (record.status, record.deliveries) == (Status.RECEIVED, {})

        assert world.resolve(record.key) is Resolved.DECIDED

        event = event_of(world)
        assert (event.name, event.event_id) == (EventName.SUBSCRIBE, "c7-membership-f0dce6db-4502")
        assert event.identity.hashed_emails == EMAIL
        assert world.row().deliveries[Role.PRIMARY].status is DeliveryStatus.QUEUED
        assert world.row().match_keys[0] == "email"
        assert [task.path for task in world.queue.tasks] == ["/tasks/resolve", "/tasks/send"]

    def test_is_of_the_member_at_the_bill_to_address_alone(self, world: World) -> None:
        world.shops.books[CUSTOMER_ID] = {
            "address-1": Address(city="Home", phone="+12025550143", country="US"),
            "address-2": Address(first_name="Robin", city="Elsewhere", state="CA", country="US"),
        }
        world.resolve(told(world, a_membership()).key)

        event = event_of(world)
        assert event.identity.hashed_cities[0] == hashed("home")
        assert hashed("12025550143") in event.identity.hashed_phones
        assert hashed("elsewhere") not in event.identity.hashed_cities
        assert hashed("robin") not in event.identity.hashed_first_names
        assert event.data_use.state == 1000

    @pytest.mark.parametrize("refusal", [Refusal.NOT_FOUND, Refusal.NOT_ALLOWED])
    def test_does_without_an_address_book_that_is_not_handed_out(
        self, world: World, refusal: Refusal
    ) -> None:
        refuse(world, "addresses", refusal)
        assert world.resolve(told(world, a_membership()).key) is Resolved.DECIDED
        assert event_of(world).identity.hashed_emails == EMAIL

    def test_that_is_gone_ends_with_what_the_news_told(self, world: World) -> None:
        world.shops.memberships.clear()
        record = told(world, a_membership(), Action.DELETE)

        assert world.resolve(record.key) is Resolved.POSTPONED
        world.clock.advance(timedelta(seconds=30))
        assert world.resolve(record.key) is Resolved.DECIDED

        event = event_of(world)
        assert event.name is EventName.CANCEL_MEMBERSHIP
        assert event.identity.hashed_external_ids == (hashed(CUSTOMER_ID.lower()),)
        assert event.identity.hashed_emails == ()

    def test_whose_customer_is_gone_is_sent_all_the_same(self, world: World) -> None:
        world.shops.customers.clear()
        assert world.resolve(told(world, a_membership()).key) is Resolved.DECIDED
        assert event_of(world).identity.hashed_first_names == (hashed("casey"),)

    def test_has_ended_even_if_it_stands_again(self, world: World) -> None:
        cancelled = a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW)
        world.resolve(told(world, cancelled, Action.UPDATE).key)

        assert event_of(world).name is EventName.CANCEL_MEMBERSHIP
        assert event_of(world).identity.hashed_emails == EMAIL

    def test_of_the_winery_itself_is_nobodys(self, world: World) -> None:
        own = Customer(id=CUSTOMER_ID, emails=("wineclub@shop.example.com",))
        world.shops.customers[CUSTOMER_ID] = a_registration(person=Person(customer=own))
        world.resolve(told(world, a_membership()).key)

        row = world.row()
        assert (row.status, row.reason) == (Status.SKIPPED, "the winery's own customer record")
        assert (row.payload, row.due_at) == (None, None)


class TestAnOrderThatNamesNobody:
    def test_is_sent_with_the_customers_own_record(self, world: World) -> None:
        half_known = an_order(person=a_stranger())
        world.shops.orders[half_known.id] = half_known

        record = told(world, half_known)
        assert record.custom is not None  # the log says at once what it was worth
        world.resolve(record.key)

        assert event_of(world).identity.hashed_emails == EMAIL
        assert world.row().object_number == "2101"

    def test_asks_nobody_when_it_names_a_phone(self, world: World) -> None:
        told(world, an_order(customer=Customer(id=CUSTOMER_ID)))
        assert world.shops.asked == []
        assert world.row().status is Status.QUEUED

    def test_gives_way_to_an_update_that_names_somebody(self, world: World) -> None:
        record = told(world, an_order(person=a_stranger()))
        assert world.receive(a_signal(an_order())).receipt is Receipt.RECORDED

        assert world.row().status is Status.QUEUED
        assert event_of(world).identity.hashed_emails == EMAIL
        assert world.resolve(record.key) is Resolved.NOTHING


class TestAClaim:
    """A signal without a login: only the shop's answer counts."""

    def test_is_what_the_shop_says_of_it(self, world: World) -> None:
        truth = an_order()
        world.shops.orders[truth.id] = truth
        record = told(world, replace(truth, total=1, paid_at=None), is_trusted=False)
        assert (record.custom, record.payload, record.match_keys) == (None, None, ())
        world.resolve(record.key)

        value = event_of(world).custom.value
        assert value is not None
        assert value.minor == 11584
        assert world.row().status is Status.QUEUED

    @pytest.mark.parametrize("fact", [an_order(), a_reservation(), a_registration()])
    def test_about_nothing_leaves_nothing_and_takes_nobodys_place(
        self, world: World, fact: Fact
    ) -> None:
        world.shops.customers.clear()
        record = told(world, fact, is_trusted=False)
        world.resolve(record.key)
        world.clock.advance(timedelta(seconds=30))
        assert world.resolve(record.key) is Resolved.DECIDED

        assert world.services.events.newest(TENANT, limit=10) == []
        assert world.receive(a_signal(fact)).receipt is Receipt.RECORDED
        assert world.row().status is Status.QUEUED

    def test_that_comes_true_later_is_an_event(self, world: World) -> None:
        record = told(world, an_order(), is_trusted=False)
        for _ in range(2):
            world.resolve(record.key)
            world.clock.advance(timedelta(seconds=30))
        world.shops.orders[an_order().id] = an_order()
        told(world, an_order(), is_trusted=False)
        world.resolve(record.key)

        row = world.row()
        assert (row.status, row.event_id) == (Status.QUEUED, f"c7-order-{an_order().id}")
        assert row.received_at == world.clock()

    def test_leaves_what_is_known_alone_when_the_shop_denies_it(self, world: World) -> None:
        told(world, an_order(payment=Payment.OPEN))
        before = world.row()
        told(world, an_order(), is_trusted=False)
        for _ in range(2):
            world.resolve(before.key)
            world.clock.advance(timedelta(seconds=30))

        after = world.row()
        assert (after.status, after.reason) == (Status.WAITING, "not paid yet")
        assert (after.object_number, after.lookup) == ("2101", None)

    def test_of_a_refund_is_in_the_log_as_one(self, world: World) -> None:
        truth = an_order(kind=OrderKind.REFUND, total=-100)
        world.shops.orders[truth.id] = truth
        world.resolve(told(world, truth, is_trusted=False).key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "refund")

    def test_of_a_leaving_that_is_none_leaves_nothing(self, world: World) -> None:
        gone = a_membership(status=MembershipStatus.CANCELLED)
        world.resolve(told(world, gone, Action.UPDATE, is_trusted=False).key)
        assert world.services.events.newest(TENANT, limit=10) == []

    def test_by_staff_is_no_sign_up_whatever_the_shop_remembers(self, world: World) -> None:
        received = world.receive(a_signal(a_registration(), is_by_staff=True), is_trusted=False)
        assert received.record is not None
        world.resolve(received.record.key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "not a sign-up")

    def test_of_a_customer_keeps_the_id_in_no_record(self, world: World) -> None:
        record = told(world, a_registration(), is_trusted=False)
        assert CUSTOMER_ID not in str(record)
        world.resolve(record.key)

        assert CUSTOMER_ID not in str(world.row())
        assert event_of(world).event_id == f"c7-customer-{CUSTOMER_ID}"

    @pytest.mark.parametrize(
        "settings",
        [
            some_settings(enabled=False),
            some_settings(events={EventName.PURCHASE: False}),
            some_settings(pixels=Pixels()),
        ],
    )
    def test_is_not_looked_into_for_nothing(self, world: World, settings: TenantSettings) -> None:
        world.services.tenants.save_settings(TENANT, settings)
        received = world.receive(a_signal(an_order()), is_trusted=False)
        assert (received.receipt, world.queue.tasks) == (Receipt.IGNORED, [])

    def test_is_asked_about_again_when_news_come_in_between(self, world: World) -> None:
        unpaid, paid = an_order(payment=Payment.OPEN), an_order()
        world.shops.orders[paid.id] = unpaid
        record = told(world, unpaid, is_trusted=False)

        def pay() -> None:
            world.shops.meanwhile = lambda: None
            world.shops.orders[paid.id] = paid
            told(world, paid, Action.UPDATE, is_trusted=False)

        world.shops.meanwhile = pay
        assert world.resolve(record.key) is Resolved.DECIDED
        assert world.row().status is Status.QUEUED


class TestAShopThatDoesNotTell:
    def test_is_asked_again_later_and_later(self, world: World) -> None:
        refuse(world, "membership", Refusal.NO_ANSWER)
        record = told(world, a_membership())
        pauses = []
        for _ in range(9):
            assert world.resolve(record.key) is Resolved.POSTPONED
            pauses.append(int(world.queue.tasks[-1].delay.total_seconds()))
            assert world.resolve(record.key) is Resolved.NOTHING  # too early: it is not asked
            world.clock.advance(world.queue.tasks[-1].delay)

        assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        assert world.row().reason == "Commerce7 did not answer"
        assert len({task.name for task in world.queue.tasks}) == 10

    def test_says_itself_when_to_come_back_and_that_counts_as_no_try(self, world: World) -> None:
        refuse(world, "membership", Refusal.TOO_OFTEN, timedelta(seconds=7))
        record = told(world, a_membership())
        world.resolve(record.key)

        lookup = world.row().lookup
        assert lookup is not None
        assert (lookup.attempts, world.queue.tasks[-1].delay) == (0, timedelta(seconds=7))
        assert parse_task(world.queue.tasks[-1].body, ResolveTask).event_key == record.key

    def test_costs_an_event_its_person_after_a_day_and_not_the_event(self, world: World) -> None:
        refuse(world, "membership", Refusal.NOT_ALLOWED)
        record = told(world, a_membership())
        world.clock.advance(LOOKUP_PATIENCE - timedelta(seconds=1))
        assert world.resolve(record.key) is Resolved.POSTPONED
        world.clock.advance(timedelta(hours=1))
        assert world.resolve(record.key) is Resolved.DECIDED

        assert world.row().status is Status.QUEUED
        assert event_of(world).identity.hashed_first_names == (hashed("casey"),)

    def test_costs_a_claim_everything_after_a_week(self, world: World) -> None:
        refuse(world, "order", Refusal.NO_ANSWER)
        record = told(world, an_order(), is_trusted=False)
        world.clock.advance(EVENT_WINDOW)
        assert world.resolve(record.key) is Resolved.DECIDED

        row = world.row()
        assert row.status is Status.SKIPPED
        assert row.reason == "could not be looked up: Commerce7 did not answer"

    def test_is_found_by_the_sweep_when_the_queue_forgot(self, world: World) -> None:
        world.queue.is_down = True
        record = told(world, a_membership())
        world.queue.is_down = False
        world.clock.advance(timedelta(minutes=2))

        swept = sweep_deliveries(now=world.clock(), services=world.services)
        assert (swept.due, swept.enqueued) == (1, 1)
        (task,) = world.queue.tasks
        assert parse_task(task.body, ResolveTask).event_key == record.key
        assert sweep_deliveries(now=world.clock(), services=world.services).due == 0

    def test_is_not_needed_by_a_queue_that_is_down(self, world: World) -> None:
        record = told(world, a_membership())
        world.queue.is_down = True
        assert world.resolve(record.key) is Resolved.DECIDED
        assert world.row().due_at is not None


class TestTheTenant:
    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            (some_settings(enabled=False), "switched off"),
            (some_settings(events={EventName.SUBSCRIBE: False}), "switched off"),
            (some_settings(pixels=Pixels()), "not set up"),
        ],
    )
    def test_may_have_changed_its_mind(
        self, world: World, settings: TenantSettings, reason: str
    ) -> None:
        record = told(world, a_membership())
        world.services.tenants.save_settings(TENANT, settings)
        world.resolve(record.key)

        row = world.row()
        assert (row.status, row.reason, row.payload) == (Status.SKIPPED, reason, None)
        assert world.shops.asked == []

    def test_may_have_gone(self, world: World) -> None:
        record = told(world, a_membership())
        world.services.tenants.remove(TENANT)
        world.resolve(record.key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "not installed")

    def test_is_asked_with_its_own_name(self, world: World) -> None:
        world.resolve(told(world, a_membership()).key)
        assert {tenant_id for _, tenant_id in world.shops.asked} == {TENANT}


def test_a_lookup_that_no_key_opens_ends(world: World) -> None:
    record = told(world, an_order(), is_trusted=False)
    stored = world.services.events.find(TENANT, record.key)
    assert stored is not None
    assert stored.record.lookup is not None
    broken = replace(stored.record, lookup=replace(stored.record.lookup, sealed_id="x"))
    world.services.events.replace(stored, broken)
    world.resolve(record.key)
    assert world.row().reason == "the signal could not be read back"


def test_nothing_is_left_to_do_twice(world: World) -> None:
    record = told(world, a_membership())
    world.resolve(record.key)
    assert world.resolve(record.key) is Resolved.NOTHING
    assert world.resolve("no-such-key") is Resolved.NOTHING

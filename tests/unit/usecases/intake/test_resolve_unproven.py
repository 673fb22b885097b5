"""Unproven webhooks: only the shop's answer to a look-up counts."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import OrderKind, Payment
from service.domain.shop.signal import Action, Fact
from service.domain.tenants.tenant import Pixels, TenantSettings
from service.ports import Refusal
from service.usecases.intake.receive_signal import Receipt
from service.usecases.intake.resolve_signal import Resolved
from tests.builders import (
    CUSTOMER_ID,
    POLICY,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.tenants import save_settings
from tests.unit.usecases.interruptions import preceded, rewrite
from tests.unit.usecases.lookups import event_of, know_casey, receive_fact, refuse


@pytest.fixture(autouse=True)
def _a_known_person(world: World) -> None:
    know_casey(world)


class TestAProvenWebhook:
    @pytest.mark.parametrize("what", ["customer", "membership"])
    def test_is_enough_if_our_request_is_not_understood(self, world: World, what: str) -> None:
        refuse(world, what, Refusal.OUR_FAULT)
        record = receive_fact(world, a_membership())
        assert world.resolve(record.key) is Resolved.DECIDED
        assert event_of(world).name == EventName.SUBSCRIBE


class TestAnUnprovenWebhook:
    """A webhook without our login."""

    def test_becomes_the_event_that_the_shop_confirms(self, world: World) -> None:
        truth = an_order()
        world.shops.orders[truth.id] = truth
        record = receive_fact(world, replace(truth, total=1, paid_at=None), is_trusted=False)
        assert (record.custom, record.payload, record.match_keys) == (None, None, ())
        world.resolve(record.key)

        value = event_of(world).custom.value
        assert value is not None
        assert value.minor == 11584
        assert world.row().status is Status.QUEUED

    @pytest.mark.parametrize("fact", [an_order(), a_reservation(), a_registration()])
    def test_about_no_object_leaves_nothing_and_blocks_no_real_event(
        self, world: World, fact: Fact
    ) -> None:
        world.shops.customers.clear()
        record = receive_fact(world, fact, is_trusted=False)
        world.resolve(record.key)
        world.clock.advance(timedelta(seconds=30))
        assert world.resolve(record.key) is Resolved.DECIDED

        assert world.services.events.newest(TENANT, limit=10) == []
        assert world.receive(a_signal(fact)).receipt is Receipt.RECORDED
        assert world.row().status is Status.QUEUED

    def test_is_given_up_at_once_if_our_request_is_not_understood(self, world: World) -> None:
        refuse(world, "order", Refusal.OUR_FAULT)
        record = receive_fact(world, an_order(), is_trusted=False)
        assert world.resolve(record.key) is Resolved.DECIDED

        row = world.row()
        assert (row.status, row.reason) == (Status.SKIPPED, Reason.NOT_LOOKED_UP)
        assert "Commerce7 did not accept the request" in row.sentence
        assert world.receive(a_signal(an_order())).receipt is Receipt.RECORDED

    def test_that_comes_true_later_is_an_event(self, world: World) -> None:
        record = receive_fact(world, an_order(), is_trusted=False)
        for _ in range(2):
            world.resolve(record.key)
            world.clock.advance(timedelta(seconds=30))
        world.shops.orders[an_order().id] = an_order()
        receive_fact(world, an_order(), is_trusted=False)
        world.resolve(record.key)

        row = world.row()
        assert (row.status, row.event_id) == (Status.QUEUED, f"c7-order-{an_order().id}")
        assert row.received_at == world.clock()

    def test_leaves_what_is_known_alone_when_the_shop_denies_it(self, world: World) -> None:
        receive_fact(world, an_order(payment=Payment.OPEN))
        before = world.row()
        receive_fact(world, an_order(), is_trusted=False)
        for _ in range(2):
            world.resolve(before.key)
            world.clock.advance(timedelta(seconds=30))

        after = world.row()
        assert (after.status, after.reason) == (Status.WAITING, "not paid yet")
        assert (after.object_number, after.lookup) == ("2101", None)

    def test_of_a_refund_is_in_the_log_as_one(self, world: World) -> None:
        truth = an_order(kind=OrderKind.REFUND, total=-100)
        world.shops.orders[truth.id] = truth
        world.resolve(receive_fact(world, truth, is_trusted=False).key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "refund")

    def test_of_a_cancellation_that_is_none_leaves_nothing(self, world: World) -> None:
        gone = a_membership(status=MembershipStatus.CANCELLED)
        world.resolve(receive_fact(world, gone, Action.UPDATE, is_trusted=False).key)
        assert world.services.events.newest(TENANT, limit=10) == []

    def test_by_staff_is_no_sign_up_whatever_the_shop_says(self, world: World) -> None:
        received = world.receive(a_signal(a_registration(), is_by_staff=True), is_trusted=False)
        assert received.record is not None
        world.resolve(received.record.key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "not a sign-up")

    def test_of_a_customer_keeps_the_id_in_no_record(self, world: World) -> None:
        record = receive_fact(world, a_registration(), is_trusted=False)
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
    def test_is_not_looked_up_if_it_is_not_wanted(
        self, world: World, settings: TenantSettings
    ) -> None:
        save_settings(world.services.tenants, TENANT, settings)
        received = world.receive(a_signal(an_order()), is_trusted=False)
        assert (received.receipt, world.queue.tasks) == (Receipt.IGNORED, [])

    def test_is_looked_up_again_when_a_webhook_comes_in_between(self, world: World) -> None:
        unpaid, paid = an_order(payment=Payment.OPEN), an_order()
        world.shops.orders[paid.id] = unpaid
        record = receive_fact(world, unpaid, is_trusted=False)

        def pay() -> None:
            world.shops.meanwhile = lambda: None
            world.shops.orders[paid.id] = paid
            receive_fact(world, paid, Action.UPDATE, is_trusted=False)

        world.shops.meanwhile = pay
        assert world.resolve(record.key) is Resolved.DECIDED
        assert world.row().status is Status.QUEUED

    def test_is_postponed_while_other_processes_keep_writing_it(self, world: World) -> None:
        world.shops.orders[an_order().id] = an_order()
        record = receive_fact(world, an_order(), is_trusted=False)
        world.queue.tasks.clear()

        def write() -> None:
            rewrite(world, record.key)

        events = preceded(world.services.events, "replace", at=None, by=write)
        busy = replace(world, services=replace(world.services, events=events))
        assert busy.resolve(record.key) is Resolved.POSTPONED
        assert (world.row().lookup, world.queue.tasks) == (record.lookup, [])

        world.clock.advance(POLICY.requeue_after)
        world.sweep()
        world.run_tasks()
        assert world.row().status is Status.SENT


def test_a_lookup_that_no_key_opens_ends(world: World) -> None:
    record = receive_fact(world, an_order(), is_trusted=False)
    stored = world.services.events.find(TENANT, record.key)
    assert stored is not None
    assert stored.record.lookup is not None
    broken = replace(stored.record, lookup=replace(stored.record.lookup, sealed_id="x"))
    world.services.events.replace(stored, broken)
    world.resolve(record.key)
    assert world.row().reason == "the signal could not be read back"


class TestAnInventedObject:
    def test_leaves_a_lock_for_hours_and_not_for_a_year(self, world: World) -> None:
        record = receive_fact(world, an_order(), is_trusted=False)
        while world.resolve(record.key) is Resolved.POSTPONED:
            world.clock.advance(timedelta(minutes=1))
        assert world.services.events.find(TENANT, record.key) is not None
        world.clock.advance(timedelta(hours=6))
        world.sweep()
        assert world.services.events.find(TENANT, record.key) is None

    def test_that_the_shop_knows_by_then_leaves_the_lock_of_a_sale(self, world: World) -> None:
        truth = an_order()
        record = receive_fact(world, truth, is_trusted=False)
        while world.resolve(record.key) is Resolved.POSTPONED:
            world.clock.advance(timedelta(minutes=1))
        world.receive(a_signal(truth))
        world.clock.advance(timedelta(hours=7))
        world.sweep()
        assert world.row().event_id == f"c7-order-{truth.id}"

"""Look-ups at the shop: the requests, the answers, and no answer."""

from datetime import timedelta

import pytest

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EVENT_WINDOW, EventName
from service.domain.events.reason import Switch
from service.domain.identity import hashed
from service.domain.records.lookup import LOOKUP_PATIENCE
from service.domain.records.record import Status
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Channel
from service.domain.shop.person import Address, Customer, Person
from service.domain.shop.signal import Action
from service.domain.tenants.tenant import Pixels, Role, TenantSettings
from service.ports import Refusal
from service.usecases.intake.receive_signal import Receipt
from service.usecases.intake.resolve_signal import Resolved
from service.usecases.sweep import sweep_due
from service.usecases.task_bodies import LookUpObject
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    TENANT,
    a_membership,
    a_registration,
    a_signal,
    a_stranger,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.tasks import body_of
from tests.tenants import forget, save_settings
from tests.unit.usecases.lookups import event_of, know_casey, receive_fact, refuse

EMAIL = (hashed("casey@example.com"),)


@pytest.fixture(autouse=True)
def _a_known_person(world: World) -> None:
    know_casey(world)


class TestAMembership:
    def test_is_sent_with_the_customers_own_record(self, world: World) -> None:
        record = receive_fact(world, a_membership())
        assert (record.status, record.deliveries) == (Status.RECEIVED, {})

        assert world.resolve(record.key) is Resolved.DECIDED

        event = event_of(world)
        assert (event.name, event.event_id) == (EventName.SUBSCRIBE, "c7-membership-f0dce6db-4502")
        assert event.identity.hashed_emails == EMAIL
        assert world.row().deliveries[Role.PRIMARY].status is DeliveryStatus.QUEUED
        assert world.row().match_keys[0] == "email"
        assert [task.path for task in world.queue.tasks] == ["/tasks/resolve", "/tasks/send"]

    def test_without_a_bill_to_address_uses_no_other_address(self, world: World) -> None:
        record = receive_fact(world, a_membership(bill_to_id=None))
        stranger = Address(first_name="Robin", phone="+18085550108", state="CA", country="US")
        world.shops.memberships["f0dce6db-4502"] = a_membership(bill_to_id=None)
        world.shops.books[CUSTOMER_ID] = {"": stranger, "#1": stranger}
        world.resolve(record.key)

        event = event_of(world)
        assert hashed("robin") not in event.identity.hashed_first_names
        assert event.data_use.limited

    def test_uses_the_bill_to_address_only(self, world: World) -> None:
        world.shops.books[CUSTOMER_ID] = {
            "address-1": Address(city="Home", phone="+12025550143", country="US"),
            "address-2": Address(first_name="Robin", city="Elsewhere", state="CA", country="US"),
        }
        world.resolve(receive_fact(world, a_membership()).key)

        event = event_of(world)
        assert event.identity.hashed_cities[0] == hashed("home")
        assert hashed("12025550143") in event.identity.hashed_phones
        assert hashed("elsewhere") not in event.identity.hashed_cities
        assert hashed("robin") not in event.identity.hashed_first_names
        assert event.data_use.state == 1000

    @pytest.mark.parametrize("refusal", [Refusal.NOT_FOUND, Refusal.NOT_ALLOWED, Refusal.OUR_FAULT])
    def test_does_without_an_address_book_that_is_refused(
        self, world: World, refusal: Refusal
    ) -> None:
        refuse(world, "addresses", refusal)
        assert world.resolve(receive_fact(world, a_membership()).key) is Resolved.DECIDED
        assert event_of(world).identity.hashed_emails == EMAIL

    @pytest.mark.parametrize(
        ("what", "refusal"),
        [
            ("customer", Refusal.NO_ANSWER),
            ("customer", Refusal.NOT_ALLOWED),
            ("addresses", Refusal.NO_ANSWER),
        ],
    )
    def test_waits_for_its_member_while_the_shop_does_not_answer(
        self, world: World, what: str, refusal: Refusal
    ) -> None:
        world.shops.books[CUSTOMER_ID] = {"address-1": Address(city="Home", country="US")}
        refuse(world, what, refusal)
        record = receive_fact(world, a_membership())
        assert world.resolve(record.key) is Resolved.POSTPONED
        world.shops.refusals.clear()
        world.clock.advance(timedelta(seconds=30))
        assert world.resolve(record.key) is Resolved.DECIDED

        identity = event_of(world).identity
        assert (identity.hashed_emails, identity.hashed_cities[0]) == (EMAIL, hashed("home"))

    def test_that_is_deleted_is_sent_with_the_webhooks_data(self, world: World) -> None:
        world.shops.memberships.clear()
        record = receive_fact(world, a_membership(), Action.DELETE)

        assert world.resolve(record.key) is Resolved.POSTPONED
        world.clock.advance(timedelta(seconds=30))
        assert world.resolve(record.key) is Resolved.DECIDED

        event = event_of(world)
        assert event.name is EventName.CANCEL_MEMBERSHIP
        assert event.identity.hashed_external_ids == (hashed(CUSTOMER_ID.lower()),)
        assert event.identity.hashed_emails == ()

    def test_whose_customer_is_deleted_is_sent_all_the_same(self, world: World) -> None:
        world.shops.customers.clear()
        assert world.resolve(receive_fact(world, a_membership()).key) is Resolved.DECIDED
        assert event_of(world).identity.hashed_first_names == (hashed("casey"),)

    def test_has_ended_even_if_it_stands_again(self, world: World) -> None:
        cancelled = a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW)
        world.resolve(receive_fact(world, cancelled, Action.UPDATE).key)

        assert event_of(world).name is EventName.CANCEL_MEMBERSHIP
        assert event_of(world).identity.hashed_emails == EMAIL

    def test_of_the_winery_itself_is_skipped(self, world: World) -> None:
        own = Customer(id=CUSTOMER_ID, emails=("wineclub@shop.example.com",))
        world.shops.customers[CUSTOMER_ID] = a_registration(person=Person(customer=own))
        world.resolve(receive_fact(world, a_membership()).key)

        row = world.row()
        assert (row.status, row.reason) == (Status.SKIPPED, "the winery's own customer record")
        assert (row.payload, row.due_at) == (None, None)


class TestAnOrderWithoutContactData:
    def test_is_sent_with_the_customers_own_record(self, world: World) -> None:
        half_known = an_order(person=a_stranger())
        world.shops.orders[half_known.id] = half_known

        record = receive_fact(world, half_known)
        assert record.custom is not None  # the log shows the value at once
        world.resolve(record.key)

        assert event_of(world).identity.hashed_emails == EMAIL
        assert world.row().object_number == "2101"

    def test_needs_no_look_up_when_it_has_a_phone(self, world: World) -> None:
        receive_fact(world, an_order(customer=Customer(id=CUSTOMER_ID)))
        assert world.shops.asked == []
        assert world.row().status is Status.QUEUED

    def test_gives_way_to_an_update_with_contact_data(self, world: World) -> None:
        record = receive_fact(world, an_order(person=a_stranger()))
        assert world.receive(a_signal(an_order())).receipt is Receipt.RECORDED

        assert world.row().status is Status.QUEUED
        assert event_of(world).identity.hashed_emails == EMAIL
        assert world.resolve(record.key) is Resolved.NOTHING


class TestAShopThatDoesNotAnswer:
    def test_is_asked_again_later_and_later(self, world: World) -> None:
        refuse(world, "membership", Refusal.NO_ANSWER)
        record = receive_fact(world, a_membership())
        pauses = []
        for _ in range(9):
            assert world.resolve(record.key) is Resolved.POSTPONED
            pauses.append(int(world.queue.tasks[-1].delay.total_seconds()))
            assert world.resolve(record.key) is Resolved.NOTHING  # too early: no look-up is made
            world.clock.advance(world.queue.tasks[-1].delay)

        assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
        assert world.row().reason == "Commerce7 did not answer"
        assert len({task.name for task in world.queue.tasks}) == 10

    def test_is_asked_for_a_whole_week(self, world: World) -> None:
        refuse(world, "order", Refusal.NO_ANSWER)
        receive_fact(world, an_order(), is_trusted=False)
        world.run_tasks()
        assert world.row().sentence == "no details available: Commerce7 did not respond"
        assert len(world.shops.asked) > 7 * 24

    def test_may_set_the_next_time_and_that_counts_as_no_try(self, world: World) -> None:
        refuse(world, "membership", Refusal.TOO_OFTEN, timedelta(seconds=7))
        record = receive_fact(world, a_membership())
        world.resolve(record.key)

        lookup = world.row().lookup
        assert lookup is not None
        assert (lookup.attempts, world.queue.tasks[-1].delay) == (0, timedelta(seconds=7))
        assert body_of(world.queue.tasks[-1], LookUpObject).event_key == record.key

    def test_has_a_proven_event_sent_without_customer_data_after_a_day(self, world: World) -> None:
        refuse(world, "membership", Refusal.NOT_ALLOWED)
        record = receive_fact(world, a_membership())
        world.clock.advance(LOOKUP_PATIENCE - timedelta(seconds=1))
        assert world.resolve(record.key) is Resolved.POSTPONED
        world.clock.advance(timedelta(hours=1))
        assert world.resolve(record.key) is Resolved.DECIDED

        assert world.row().status is Status.QUEUED
        assert event_of(world).identity.hashed_first_names == (hashed("casey"),)

    def test_has_an_unproven_webhook_skipped_after_a_week(self, world: World) -> None:
        refuse(world, "order", Refusal.NO_ANSWER)
        record = receive_fact(world, an_order(), is_trusted=False)
        world.clock.advance(EVENT_WINDOW)
        assert world.resolve(record.key) is Resolved.DECIDED

        row = world.row()
        assert row.status is Status.SKIPPED
        assert row.sentence == "no details available: Commerce7 did not respond"

    def test_is_asked_by_the_sweep_when_the_task_was_lost(self, world: World) -> None:
        world.queue.is_down = True
        record = receive_fact(world, a_membership())
        world.queue.is_down = False
        world.clock.advance(timedelta(minutes=2))

        swept = sweep_due(now=world.clock(), services=world.services)
        assert (swept.due, swept.enqueued) == (1, 1)
        (task,) = world.queue.tasks
        assert body_of(task, LookUpObject).event_key == record.key
        assert sweep_due(now=world.clock(), services=world.services).due == 0

    def test_is_not_needed_by_a_queue_that_is_down(self, world: World) -> None:
        record = receive_fact(world, a_membership())
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
        record = receive_fact(world, a_membership())
        save_settings(world.services.tenants, TENANT, settings)
        world.resolve(record.key)

        row = world.row()
        assert (row.status, row.reason, row.payload) == (Status.SKIPPED, reason, None)
        assert world.shops.asked == []

    def test_may_have_switched_a_channel_off(self, world: World) -> None:
        record = receive_fact(world, an_order(person=a_stranger()))
        off = some_settings(channels={Channel.WEB: False})
        save_settings(world.services.tenants, TENANT, off)
        world.resolve(record.key)

        row = world.row()
        assert (row.status, row.reason, row.payload) == (Status.SKIPPED, "switched off", None)
        assert row.details.switch is Switch.CHANNEL
        assert world.shops.asked == []

    def test_may_have_gone(self, world: World) -> None:
        record = receive_fact(world, a_membership())
        forget(world.services.tenants, TENANT)
        world.resolve(record.key)
        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "not installed")

    def test_is_asked_with_its_own_name(self, world: World) -> None:
        world.resolve(receive_fact(world, a_membership()).key)
        assert {tenant_id for _, tenant_id in world.shops.asked} == {TENANT}


def test_nothing_is_left_to_do_twice(world: World) -> None:
    record = receive_fact(world, a_membership())
    world.resolve(record.key)
    assert world.resolve(record.key) is Resolved.NOTHING
    assert world.resolve("no-such-key") is Resolved.NOTHING

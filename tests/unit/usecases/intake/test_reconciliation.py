"""What Commerce7's webhooks never delivered is found in the shop's own lists."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import EventRecord, Status
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Order, Payment
from service.domain.shop.signal import Action, ObjectKind
from service.domain.tenants.catch_up import SILENT_FOR, CatchUp, next_night
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import NEVER
from service.ports import Events, Refusal, ShopError
from service.usecases.intake.catch_up import Listed, list_changes
from tests.builders import (
    NOW,
    POLICY,
    TENANT,
    a_membership,
    a_registration,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.fakes import LISTED_AT_ONCE
from tests.listings import EVERY, asked, names, state, sweep_and_list
from tests.tenants import put

QUARTER = POLICY.listed_every
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    """Install the app just now, a day before the first nightly listing."""
    world.install()
    begun = CatchUp(starts_at=NOW, listed_until=NOW, nightly_at=NOW + DAY, at=NOW)
    put(world.services.tenants, TENANT, catch_up=begun)


def sell(world: World, number: int = 1, *, at: datetime | None = None) -> Order:
    """Let the shop sell something, of which no webhook tells."""
    at = at or world.clock()
    order = an_order(id=f"order-{number}", updated_at=at, paid_at=at, submitted_at=at)
    world.shops.orders[order.id] = order
    return order


def pass_a_quarter(world: World) -> list[Listed]:
    """Let a quarter of an hour pass, and list what has changed."""
    world.clock.advance(QUARTER)
    return sweep_and_list(world)


def rows(world: World) -> list[EventRecord]:
    return [each.record for each in world.services.events.newest(TENANT, limit=99)]


class CountedEvents:
    """The events' store, whose calls are counted."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._events, name)


class TestEveryQuarterOfAnHour:
    def test_no_news_cost_a_request_for_each_list(self, world: World) -> None:
        assert pass_a_quarter(world) == [Listed.DONE]
        assert asked(world) == EVERY
        assert len(EVERY) == 5
        assert sweep_and_list(world) == []

    def test_an_order_whose_webhook_was_lost_is_sent(self, world: World) -> None:
        order = sell(world)
        pass_a_quarter(world)
        (row,) = rows(world)
        assert (row.event_id, row.status, row.is_listed) == (
            f"c7-order-{order.id}",
            Status.QUEUED,
            True,
        )
        assert [task.is_bulk for task in world.queue.tasks] == [True]
        world.run_tasks()
        assert [event.event_id for event, _, _ in world.meta.sent] == [row.event_id]

    def test_what_is_known_changes_nothing(self, world: World) -> None:
        world.receive(a_signal(sell(world)))
        sell(world, 2)
        pass_a_quarter(world)
        world.run_tasks()
        before = rows(world)
        pass_a_quarter(world)
        assert rows(world) == before
        assert [row.is_listed for row in sorted(before, key=lambda row: row.event_id)] == [
            False,
            True,
        ]

    def test_what_is_known_costs_one_read_a_page(self, world: World) -> None:
        for number in range(LISTED_AT_ONCE):
            world.receive(a_signal(sell(world, number)))
        waits = world.shops.orders["order-9"] = replace(sell(world, 9), payment=Payment.OPEN)
        world.receive(a_signal(waits))
        world.run_tasks()
        counted = CountedEvents(world.services.events)
        services = replace(world.services, events=cast("Events", counted))
        world.clock.advance(QUARTER)
        list_changes(TENANT, None, now=world.clock(), services=services)
        assert counted.calls == ["find_all", "find_all"]

    def test_the_last_minutes_are_left_to_their_webhooks(self, world: World) -> None:
        """The list does not say that staff entered a customer, as the webhook does."""
        world.clock.advance(QUARTER - MINUTE)
        signed_up = replace(a_registration(), created_at=world.clock(), updated_at=world.clock())
        world.shops.customers[signed_up.id] = signed_up
        world.clock.advance(MINUTE)
        sweep_and_list(world)
        assert names(world) == []
        world.receive(a_signal(signed_up, is_by_staff=True))
        pass_a_quarter(world)
        assert [row.status for row in rows(world)] == [Status.SKIPPED]

    def test_an_order_that_waits_is_decided_by_its_lost_update(self, world: World) -> None:
        order = sell(world)
        world.receive(a_signal(replace(order, payment=Payment.OPEN)))
        paid_at = world.clock() + MINUTE
        world.shops.orders[order.id] = replace(order, paid_at=paid_at, updated_at=paid_at)
        pass_a_quarter(world)
        assert [row.status for row in rows(world)] == [Status.QUEUED]

    def test_a_membership_whose_deletion_failed_is_in_the_log_of_webhooks(
        self, world: World
    ) -> None:
        member = a_membership(status=MembershipStatus.ACTIVE, updated_at=NOW)
        world.receive(a_signal(member))
        deleted = a_signal(member, Action.DELETE)
        world.shops.failed.append((world.clock(), deleted))
        pass_a_quarter(world)
        assert EventName.CANCEL_MEMBERSHIP in names(world)

    def test_pages_are_read_to_the_end(self, world: World) -> None:
        for number in range(7 * LISTED_AT_ONCE):
            sell(world, number)
        assert pass_a_quarter(world) == [Listed.CONTINUED, Listed.CONTINUED, Listed.DONE]
        assert len(names(world)) == 7 * LISTED_AT_ONCE

    def test_what_was_switched_off_is_not_sent_later(self, world: World) -> None:
        on = some_settings()
        world.install(replace(on, events={**on.events, EventName.SUBSCRIBE: False}))
        put(world.services.tenants, TENANT, catch_up=state_of_now(world))
        joined = a_membership(joined_at=world.clock(), updated_at=world.clock())
        world.shops.memberships[joined.id] = joined
        pass_a_quarter(world)
        put(world.services.tenants, TENANT, choices=on)
        world.clock.advance(MINUTE)
        joined = replace(joined, updated_at=world.clock())
        world.shops.memberships[joined.id] = joined
        pass_a_quarter(world)
        assert [row.status for row in rows(world)] == [Status.SKIPPED]


def state_of_now(world: World) -> CatchUp:
    now = world.clock()
    return CatchUp(starts_at=now, listed_until=now, nightly_at=now + DAY, at=now)


class TestAtNight:
    def test_two_days_are_listed_in_the_plainest_way(self, world: World) -> None:
        world.clock.advance(DAY - MINUTE)
        late = sell(world, at=world.clock() - timedelta(hours=20))
        world.clock.advance(QUARTER)
        sweep_and_list(world)
        assert asked(world) == [f"{each} thoroughly" for each in EVERY]
        assert [row.event_id for row in rows(world)] == [f"c7-order-{late.id}"]
        world.shops.asked.clear()
        pass_a_quarter(world)
        assert asked(world) == EVERY

    def test_nothing_from_before_the_installation_is_listed(self, world: World) -> None:
        sell(world, at=NOW - MINUTE)
        world.clock.advance(DAY + QUARTER)
        sweep_and_list(world)
        assert rows(world) == []

    def test_each_winery_has_a_minute_of_its_own(self) -> None:
        nights = {next_night(f"winery-{n}", zone="America/Denver", now=NOW) for n in range(20)}
        assert len(nights) > 10
        hours = {(night - timedelta(hours=6)).hour for night in nights}
        assert hours <= {2, 3, 4}
        assert all(NOW < night <= NOW + DAY for night in nights)


class TestAListing:
    def test_leaves_out_a_list_that_never_answers(self, world: World) -> None:
        sell(world)
        world.shops.refusals["changed reservation"] = ShopError(Refusal.NO_ANSWER)
        assert pass_a_quarter(world)[-1] is Listed.DONE
        assert asked(world)[-1] == EVERY[-1]
        assert names(world) == [EventName.PURCHASE]

    def test_covers_the_same_time_again_after_one_list_was_not_answered(self, world: World) -> None:
        sell(world)
        world.shops.refusals["changed order"] = ShopError(Refusal.NO_ANSWER)
        assert pass_a_quarter(world)[-1] is Listed.DONE
        assert names(world) == []
        for _ in range(9):
            pass_a_quarter(world)
        world.shops.refusals.clear()
        pass_a_quarter(world)
        assert names(world) == [EventName.PURCHASE]

    def test_goes_on_after_one_list_was_refused(self, world: World) -> None:
        world.shops.refusals["changed reservation"] = ShopError(Refusal.NOT_ALLOWED)
        before = state(world).listed_until
        assert pass_a_quarter(world)[-1] is Listed.DONE
        assert state(world).listed_until != before

    def test_covers_the_same_time_again_after_no_list_was_answered(self, world: World) -> None:
        sell(world)
        world.shops.refusals["changed"] = ShopError(Refusal.NOT_ALLOWED)
        world.shops.refusals["failed webhooks"] = ShopError(Refusal.NOT_ALLOWED)
        for _ in range(9):
            assert pass_a_quarter(world) == [Listed.DONE]
        world.shops.refusals.clear()
        pass_a_quarter(world)
        assert names(world) == [EventName.PURCHASE]

    def test_begins_where_an_older_release_knew_of_none(self, world: World) -> None:
        sell(world, at=NOW - MINUTE)
        put(world.services.tenants, TENANT, catch_up=CatchUp(at=NEVER))
        assert sweep_and_list(world) == [Listed.NOTHING]
        new = sell(world, 2, at=NOW + MINUTE)
        assert pass_a_quarter(world) == [Listed.DONE]
        assert [row.event_id for row in rows(world)] == [f"c7-order-{new.id}"]

    def test_begins_with_the_installation(self, world: World) -> None:
        gone = Installation(state=InstallState.REMOVED)
        put(world.services.tenants, TENANT, installation=gone)
        world.clock.advance(DAY)
        assert sweep_and_list(world) == []
        back = world.clock()
        world.services.tenants.update(
            TENANT, lambda known: known and known.with_installation(Installation(), now=back)
        )
        assert (state(world).starts_at, state(world).at) == (back, back)


class TestWebhooksThatNoLongerCome:
    def silent_since(self, world: World) -> datetime | None:
        return state(world).silent_since(world.clock())

    def test_are_noticed_after_some_objects_and_hours(self, world: World) -> None:
        for number in range(2):
            sell(world, number)
            pass_a_quarter(world)
        world.clock.advance(SILENT_FOR)
        assert self.silent_since(world) is None
        sell(world, 3)
        pass_a_quarter(world)
        assert self.silent_since(world) == NOW + QUARTER

    def test_are_no_matter_once_one_has_come(self, world: World) -> None:
        for number in range(3):
            sell(world, number)
        pass_a_quarter(world)
        world.clock.advance(SILENT_FOR)
        assert self.silent_since(world)
        world.receive(a_signal(sell(world, 4)))
        pass_a_quarter(world)
        assert self.silent_since(world) is None

    def test_are_told_apart_by_their_kind(self, world: World) -> None:
        for number in range(3):
            sell(world, number)
        world.receive(a_signal(replace(a_registration(), updated_at=NOW)))
        world.shops.customers["c"] = replace(a_registration(), updated_at=NOW)
        pass_a_quarter(world)
        assert set(state(world).silent) == {ObjectKind.ORDER}

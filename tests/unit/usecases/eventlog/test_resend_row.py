"""Resending one row by hand."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.records.resend import ResendMethod
from service.domain.shop.order import Channel
from service.domain.tenants.audit import Change, log_change
from service.domain.tenants.tenant import Pixels
from service.ports import Refusal, ShopError
from service.usecases.eventlog.start_job import resend_row
from tests.builders import (
    OLIVE,
    SLOW_DOWN,
    TENANT,
    a_record,
    a_registration,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    a_week_passes,
    an_order_known,
    fail,
    posts,
    rows,
    tenant_of,
)
from tests.unit.usecases.interruptions import drop, preceded


def resend_one(world: World, key: str = "") -> ResendMethod | Reason | None:
    """Resend this row, or the only one."""
    key = key or world.row().key
    return resend_row(tenant_of(world), key, by=OLIVE, services=world.services)


def changes_noted(world: World) -> list[Change]:
    entries = world.services.audit.newest(TENANT, limit=9)
    return [each for entry in entries for each in entry.changes]


class TestAFailedRow:
    def test_is_resent_and_no_other_is(self, world: World) -> None:
        fail(world, 1, 2)
        newest = next(rows(world))
        assert resend_one(world, newest.key) is ResendMethod.ASKED_FOR
        world.run_tasks()
        assert [row.status for row in rows(world)] == [Status.SENT, Status.ERROR]
        assert changes_noted(world)[0] == log_change(
            f"Purchase {newest.object_number}", "sent again"
        )

    def test_is_resent_once_however_often_the_button_is_pressed(self, world: World) -> None:
        fail(world)
        assert [resend_one(world) for _ in range(3)] == [ResendMethod.ASKED_FOR, None, None]
        world.run_tasks()
        assert resend_one(world) is None
        assert len(posts(world)) == 2

    def test_that_is_too_old_stays_and_nothing_is_noted(self, world: World) -> None:
        fail(world)
        a_week_passes(world)
        before = changes_noted(world)
        assert resend_one(world) is Reason.TOO_OLD
        assert changes_noted(world) == before
        assert world.row().status is Status.ERROR

    def test_waits_while_meta_asks_for_a_rest(self, world: World) -> None:
        fail(world)
        rest = a_signal(an_order_known(world, 2))
        record = world.receive(rest).record
        assert record
        world.meta.script = [SLOW_DOWN]
        world.send(record)
        failed = next(row for row in rows(world) if row.status is Status.ERROR)
        before = len(posts(world))
        resend_one(world, failed.key)
        world.queue.tasks = [task for task in world.queue.tasks if task.is_bulk]
        world.run_tasks()
        assert len(posts(world)) == before
        held = next(row for row in rows(world) if row.key == failed.key)
        assert held.status is Status.HELD

    def test_that_is_erased_at_the_same_moment_is_none(self, world: World) -> None:
        (record,) = fail(world)
        events = preceded(world.services.events, "replace", by=lambda: drop(world, record.key))
        overtaken = replace(world, services=replace(world.services, events=events))
        assert resend_one(overtaken, record.key) is None
        assert world.services.events.find(TENANT, record.key) is None
        assert world.queue.tasks == []

    @pytest.mark.parametrize("key", ["0" * 64, "", "../x"])
    def test_that_is_not_there_is_none(self, world: World, key: str) -> None:
        world.install()
        assert resend_row(tenant_of(world), key, by=OLIVE, services=world.services) is None

    def test_of_another_winery_is_none(self, world: World) -> None:
        (record,) = fail(world)
        world.install(tenant_id="other-winery")
        other = world.services.tenants.find("other-winery")
        assert other
        assert resend_row(other, record.key, by=OLIVE, services=world.services) is None
        assert world.row().status is Status.ERROR


class TestARowFromBeforeThereWasAPixel:
    def before(self, world: World) -> None:
        world.install(some_settings(pixels=Pixels()))
        world.receive(a_signal(an_order_known(world)))
        assert world.row().reason == "not set up"
        world.clock.advance(timedelta(hours=1))

    def test_is_sent_once_there_is_one(self, world: World) -> None:
        self.before(world)
        was_received_at = world.row().received_at
        world.install()
        assert resend_one(world) is ResendMethod.ASKED_FOR
        world.run_tasks()
        row = world.row()
        assert (row.status, row.event_id) == (Status.SENT, "c7-order-order-1")
        assert row.received_at == was_received_at
        assert resend_one(world) is None

    def test_cannot_be_while_there_is_none(self, world: World) -> None:
        self.before(world)
        assert resend_one(world) is Reason.PIXEL_REMOVED
        world.install(some_settings(enabled=False))
        assert resend_one(world) is Reason.SWITCHED_OFF

    def test_is_not_looked_up_while_its_channel_is_off(self, world: World) -> None:
        self.before(world)
        world.install(some_settings(channels={Channel.WEB: False}))
        assert resend_one(world) is Reason.SWITCHED_OFF
        assert world.shops.asked == []

    def test_is_lost_after_seven_days(self, world: World) -> None:
        self.before(world)
        world.install()
        a_week_passes(world)
        assert resend_one(world) is Reason.TOO_OLD

    def test_of_a_sign_up_names_no_customer_to_look_up(self, world: World) -> None:
        world.install(some_settings(pixels=Pixels()))
        world.receive(a_signal(a_registration()))
        world.install()
        assert resend_one(world) is Reason.SIGN_UP_NOT_KEPT

    @pytest.mark.parametrize("refusal", [Refusal.NOT_FOUND, Refusal.NOT_ALLOWED])
    def test_stays_as_it_is_if_the_shop_does_not_answer(
        self, world: World, refusal: Refusal
    ) -> None:
        self.before(world)
        world.install()
        world.shops.refusals["order"] = ShopError(refusal)
        resend_one(world)
        world.run_tasks()
        assert world.row().lookup is None
        row = world.row()
        assert (row.status, row.reason) == (Status.SKIPPED, "not set up")
        assert posts(world) == []

    def test_is_not_made_by_a_reason_of_another_kind(self, world: World) -> None:
        world.install(some_settings(enabled=False))
        world.receive(a_signal(an_order()))
        world.install()
        assert world.row().reason == "switched off"
        assert resend_one(world) is None


def test_a_delivery_that_was_skipped_is_never_sent(world: World) -> None:
    world.install()
    record = a_record()
    skipped = {
        role: each.__class__(status=DeliveryStatus.SKIPPED, reason=Reason.PIXEL_REMOVED)
        for role, each in record.deliveries.items()
    }
    stored = world.services.events.add(a_record(deliveries=skipped))
    assert stored
    assert resend_one(world, stored.record.key) is None

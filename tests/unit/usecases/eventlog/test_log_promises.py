"""Hard cases of Send again and Clear Log."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Payment
from service.domain.shop.signal import Action
from service.domain.tenants.tenant import Pixels, Role
from service.usecases.alerts.read_health import read_health
from service.usecases.eventlog.clear_log import plan_clear
from service.usecases.eventlog.resend_failed import plan_resend
from service.usecases.eventlog.retention import apply_retention
from service.usecases.eventlog.start_job import OVERTAKEN, resend_row, start_clear, start_resend
from service.usecases.intake.receive_signal import Receipt
from tests.builders import (
    BAD_TOKEN,
    NOW,
    OLIVE,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    TENANT,
    a_membership,
    a_registration,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    BOTH,
    an_order_known,
    fail,
    fail_at_one,
    give_up,
    plan,
    posts,
    rows,
    send_again,
    tenant_of,
    work,
)
from tests.unit.usecases.interruptions import preceded

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
WHOLE = LogView(show=Show.ALL)
NO_PIXEL = some_settings(pixels=Pixels())


def clear(world: World) -> None:
    """Clear all rows, a moment later."""
    world.clock.advance(SECOND)
    start_clear(tenant_of(world), WHOLE, by=OLIVE, services=world.services)


def forget(world: World) -> None:
    """Apply the retention once the rows are older than that."""
    world.clock.advance(8 * DAY)
    assert apply_retention(TENANT, now=world.clock(), services=world.services) == 1


def press(world: World, record: EventRecord) -> ResendMethod | Reason | None:
    """Press Send again beside the row."""
    return resend_row(tenant_of(world), record.key, by=OLIVE, services=world.services)


class TestASaleThatIsPaidLongAfterItWasSent:
    @pytest.mark.parametrize("row_goes", [clear, forget])
    def test_is_not_sent_twice(self, world: World, row_goes: Callable[[World], None]) -> None:
        world.install(some_settings(retention_days=7))
        order = an_order(payment=Payment.AUTHORIZED, paid_at=None, submitted_at=NOW - HOUR)
        record = world.receive(a_signal(order)).record
        assert record
        world.send(record)
        row_goes(world)
        for days in (8, 30, 300):
            world.clock.advance(days * DAY)
            world.sweep()
            paid = replace(order, payment=Payment.PAID, paid_at=world.clock())
            assert world.receive(a_signal(paid, action=Action.UPDATE)).receipt is Receipt.DUPLICATE
        assert len(world.meta.sent) == 1


class TestAnEventFromBeforeThePixel:
    def test_is_found_among_the_failures(self, world: World) -> None:
        world.install(NO_PIXEL)
        world.receive(a_signal(an_order_known(world, 1)))
        world.install()
        for view in (LogView(), LogView(status=Status.SKIPPED), LogView(since=NOW - DAY)):
            assert plan(world, view).asked_for == 1
        assert plan(world, LogView(status=Status.ERROR)).total == 0
        assert plan_clear(TENANT, WHOLE, services=world.services).failed == 1

    def test_is_resent_with_the_failures(self, world: World) -> None:
        world.install(NO_PIXEL)
        for number in range(60):
            world.receive(a_signal(an_order_known(world, 1000 + number)))
        world.install()
        fail(world, *range(1, 61))
        posted = len(world.meta.sent)
        job = send_again(world)
        assert job
        assert job.total == 120
        for _ in range(9):
            world.run_tasks()
            world.clock.advance(timedelta(minutes=5))
            world.sweep()
        assert {row.status for row in rows(world)} == {Status.SENT}
        assert len(world.meta.sent) == posted + 120
        done = world.services.jobs.find(TENANT, JobKind.RESEND)
        assert done
        assert (done.is_running, done.done, done.moved_on, done.left) == (False, 120, 0, {})

    def test_keeps_its_day_of_receipt(self, world: World) -> None:
        world.install(NO_PIXEL)
        left = a_membership(status=MembershipStatus.CANCELLED)
        world.shops.memberships[left.id] = left
        record = world.receive(a_signal(left, Action.UPDATE)).record
        assert record
        world.install()
        world.clock.advance(6 * DAY)
        assert press(world, record) is ResendMethod.ASKED_FOR
        world.run_tasks()
        assert [event.occurred_at for event, _, _ in world.meta.sent] == [record.received_at]


class TestADeadToken:
    def test_stays_known_during_a_resend(self, world: World) -> None:
        (refused,) = fail_at_one(world, 1)
        dying = world.receive(a_signal(an_order_known(world, 2))).record
        assert dying
        world.meta.script = [BAD_TOKEN]
        world.send(dying, Role.PRIMARY)
        assert self.alerts(world) == ["token-primary"]
        world.clock.advance(SECOND)
        press(world, refused)
        send_again(world)
        assert self.alerts(world) == ["token-primary"]

    def alerts(self, world: World) -> list[str]:
        health = read_health(tenant_of(world), now=world.clock(), services=world.services)
        return [alert.key for alert in health.alerts]


class TestTwoPixelsThatChangedPlaces:
    def test_get_nothing_that_they_have(self, world: World) -> None:
        (record,) = fail_at_one(world, 1)
        both = tenant_of(world).choices.pixels
        world.install(replace(BOTH, pixels=Pixels(primary=both.secondary, secondary=both.primary)))
        world.clock.advance(3 * DAY)
        assert press(world, record) is Reason.TAKEN
        assert plan(world).lost == {Reason.TAKEN: 1}
        world.run_tasks()
        assert [pixel_id for pixel_id, _ in posts(world)] == [PIXEL, SECOND_PIXEL]


class TestManyThatCannotBeSentAgain:
    def test_do_not_hide_the_one_behind_them(self, world: World) -> None:
        fail(world, 1)
        for number in range(5):
            record = world.receive(a_signal(a_registration(id=f"customer-{number}"))).record
            assert record
            world.meta.script = [REFUSED]
            world.send(record)
        counted = plan_resend(tenant_of(world), WHOLE, services=world.services, most=5)
        assert (counted.total, counted.is_least) == (0, True)
        world.clock.advance(SECOND)
        job = start_resend(
            tenant_of(world), WHOLE, by=OLIVE, services=world.services, counted=counted.counted
        )
        assert job
        assert (job.done, job.left) == (1, {Reason.SIGN_UP_NOT_KEPT: 5})


class TestRowsThatAreRetriedAutomatically:
    def test_are_counted_apart_from_what_cannot_be_sent(self, world: World) -> None:
        give_up(world, range(25))
        signed_up = world.receive(a_signal(a_registration())).record
        assert signed_up
        world.meta.script = [REFUSED]
        world.send(signed_up)
        assert send_again(world)
        for record in [row for row in rows(world) if row.name is EventName.PURCHASE][:2]:
            press(world, record)
        job = work(world)
        assert job
        assert (job.done, job.moved_on, job.left) == (23, 2, {Reason.SIGN_UP_NOT_KEPT: 1})

    def test_are_not_those_that_are_too_old_to_be_looked_at(self, world: World) -> None:
        fail(world, 1)
        world.clock.advance(70 * DAY)
        new = an_order_known(world, 2, paid_at=world.clock(), submitted_at=world.clock())
        record = world.receive(a_signal(new)).record
        assert record
        world.meta.script = [REFUSED]
        world.send(record)
        assert plan(world).lost == {Reason.TOO_OLD: 1}
        job = send_again(world)
        assert job
        assert (job.done, job.moved_on, job.left) == (1, 0, {})


class TestTwoStaffMembersAtOnce:
    def test_do_not_work_against_each_other(self, world: World) -> None:
        give_up(world, range(30))
        tenant = tenant_of(world)

        def clear() -> None:
            fail(world, *range(200, 310))
            world.clock.advance(SECOND)
            start_clear(tenant, WHOLE, by=OLIVE, services=world.services)

        jobs = preceded(world.services.jobs, "replace", by=clear)
        services = replace(world.services, jobs=jobs)
        shown = start_resend(tenant, LogView(), by=OLIVE, services=services)
        assert shown
        assert (shown.kind, shown.is_running) == (JobKind.CLEAR, True)
        mine = world.services.jobs.find(TENANT, JobKind.RESEND)
        assert mine
        assert (mine.is_running, mine.stopped) == (False, OVERTAKEN)

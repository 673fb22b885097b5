"""Clear Log: what is cleared, what stays, and that nothing is sent a second time."""

from datetime import timedelta

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.order import Payment
from service.domain.tenants.audit import log_change
from service.domain.tenants.tenant import Role
from service.usecases.eventlog.clear_log import NOT_FINISHED, ClearPlan, plan_clear
from service.usecases.eventlog.start_job import resend_row, start_clear
from service.usecases.intake.receive_signal import Receipt
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    NOW,
    OLIVE,
    TENANT,
    a_delivery,
    a_membership,
    a_record,
    a_signal,
    an_order,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    an_order_known,
    fail,
    fail_at_one,
    give_up,
    posts,
    rows,
    send_again,
    statuses,
    tenant_of,
    work,
)

WHOLE = LogView(show=Show.ALL)
MANY = 450
SECOND = timedelta(seconds=1)


def clear(world: World, view: LogView = WHOLE) -> Job | None:
    """Clear the rows of this view."""
    return start_clear(tenant_of(world), view, by=OLIVE, services=world.services)


def counted(world: World, view: LogView = WHOLE) -> ClearPlan:
    return plan_clear(TENANT, view, services=world.services)


def send_orders(world: World, *numbers: int) -> None:
    world.install()
    for number in numbers:
        record = world.receive(a_signal(an_order_known(world, number))).record
        assert record
        world.send(record)
    world.queue.tasks.clear()


def fill(world: World, number: int) -> None:
    """Add this many finished rows to the log."""
    world.install()
    done = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
    for each in range(number):
        at = NOW + each * SECOND
        world.services.events.add(
            a_record(key=f"{each:064}", received_at=at, deliveries={Role.PRIMARY: done})
        )
    world.clock.advance((number + 1) * SECOND)
    world.queue.tasks.clear()


class TestAClearedLog:
    def test_is_empty_and_says_who_cleared_how_many(self, world: World) -> None:
        send_orders(world, 1, 2)
        assert counted(world) == ClearPlan(total=2)
        job = clear(world)
        assert job is not None
        assert (job.is_running, job.done, job.left) == (False, 2, {})
        assert list(rows(world)) == []
        (entry, *_) = world.services.audit.newest(TENANT, limit=9)
        assert entry.who == OLIVE.name
        assert entry.changes == (log_change("2 rows", "cleared"),)

    def test_causes_no_second_sending(self, world: World) -> None:
        send_orders(world, 1)
        clear(world)
        news = a_signal(an_order(id="order-1"))
        assert world.receive(news).receipt is Receipt.DUPLICATE
        world.run_tasks()
        assert send_again(world) is None
        assert len(posts(world)) == 1
        assert list(rows(world)) == []

    def test_holds_nothing_that_could_be_sent_again(self, world: World) -> None:
        (failed,) = fail(world)
        assert counted(world) == ClearPlan(total=1, failed=1)
        clear(world)
        tenant, services = tenant_of(world), world.services
        assert resend_row(tenant, failed.key, by=OLIVE, services=services) is None
        lock = world.services.events.find(TENANT, failed.key)
        assert lock is not None
        assert (lock.record.object_id, lock.record.custom, lock.record.payload) == ("", None, None)

    def test_lets_an_unpaid_order_become_an_event_later(self, world: World) -> None:
        world.install()
        world.receive(a_signal(an_order(payment=Payment.OPEN, paid_at=None)))
        clear(world)
        assert list(rows(world)) == []
        world.receive(a_signal(an_order()))
        world.run_tasks()
        assert statuses(world) == {"sent": 1}


class TestWhatIsNotFinished:
    def test_stays_and_is_sent(self, world: World) -> None:
        send_orders(world, 1)
        give_up(world, [2])
        held = world.receive(a_signal(an_order_known(world, 3))).record
        assert held
        world.meta.script = [BAD_TOKEN]
        world.send(held)
        world.receive(a_signal(an_order_known(world, 4)))
        world.receive(a_signal(a_membership()))
        assert counted(world) == ClearPlan(total=1, staying=4)
        job = clear(world)
        assert job is not None
        assert (job.done, job.left) == (1, {NOT_FINISHED: 4})
        assert statuses(world) == {"error": 1, "held": 1, "queued": 1, "received": 1}

    def test_includes_a_row_with_one_waiting_delivery(self, world: World) -> None:
        (record,) = fail_at_one(world)
        stored = world.services.events.find(TENANT, record.key)
        assert stored
        waits = a_delivery(due_at=NOW + timedelta(hours=1))
        deliveries = {**stored.record.deliveries, Role.PRIMARY: waits}
        world.services.events.replace(stored, replace(stored.record, deliveries=deliveries))
        assert clear(world) is None
        assert statuses(world) == {"error": 1}

    def test_includes_an_event_that_is_looked_up_again(self, world: World) -> None:
        fail(world)
        send_again(world)
        assert clear(world) is None
        world.run_tasks()
        assert statuses(world) == {"sent": 1}

    def test_includes_a_row_that_another_process_changes(self, world: World) -> None:
        fail(world, 1, by=DOWN)
        assert clear(world) is None
        assert statuses(world) == {"error": 1}


class TestAPartOfTheLog:
    def test_goes_alone(self, world: World) -> None:
        send_orders(world, 1)
        world.install()
        done = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
        test = a_record(key="t" * 64, is_test=True, deliveries={Role.PRIMARY: done})
        world.services.events.add(test)
        job = clear(world, LogView(show=Show.TESTS))
        assert job is not None
        assert (job.total, job.done) == (1, 1)
        assert [row.is_test for row in rows(world)] == [False]


class TestALargeLog:
    def test_is_cleared_in_steps_and_newer_rows_stay(self, world: World) -> None:
        fill(world, MANY)
        job = clear(world)
        assert job is not None
        assert (job.is_running, job.total) == (True, MANY)
        world.clock.advance(SECOND)
        world.receive(a_signal(an_order(payment=Payment.CANCELLED)))
        step = work(world, JobKind.CLEAR)
        assert step is not None
        assert 0 < step.done < MANY
        world.run_tasks()
        last = world.services.jobs.find(TENANT, JobKind.CLEAR)
        assert last is not None
        assert (last.is_running, last.done) == (False, MANY)
        assert [row.status for row in rows(world)] == [Status.SKIPPED]

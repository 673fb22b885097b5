"""Jobs on a whole log: in steps, concurrent, interrupted, and bounded."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.reason import Reason
from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView
from service.domain.records.lookup import LOOKUP_PACE, LOOKUPS_AT_ONCE
from service.ports import Refusal, ShopError, StoreUnavailableError
from service.usecases.eventlog.start_job import running_job, start_clear, start_resend
from service.usecases.eventlog.work_on_job import work_on_job
from service.usecases.task_bodies import WorkOnJob
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.erase_tenant import erase_tenant
from service.usecases.tenants.record_install import record_uninstall
from tests.builders import OLIVE, REFUSED, TENANT
from tests.conftest import World
from tests.tasks import body_of
from tests.unit.usecases.failures import (
    fail,
    give_up,
    interrupted,
    posts,
    rows,
    run_all,
    send_again,
    statuses,
    tenant_of,
    work,
)
from tests.unit.usecases.interruptions import followed, preceded

MANY = 60
SECOND = timedelta(seconds=1)
RESEND = JobKind.RESEND


@pytest.fixture
def many(world: World) -> World:
    """Return a world in which many events failed for good."""
    give_up(world, range(MANY))
    return world


@pytest.mark.thorough
class TestALargeJob:
    def test_begins_with_its_task_and_goes_on_with_the_next(self, many: World) -> None:
        job = send_again(many)
        assert job is not None
        assert (job.is_running, job.done, job.total) == (True, 0, MANY)
        (task,) = many.queue.tasks
        assert (body_of(task, WorkOnJob).job, task.is_bulk) == (RESEND, True)
        first = work(many)
        assert first is not None
        assert (first.is_running, 0 < first.done < MANY) == (True, True)
        run_all(many)
        assert statuses(many) == {"sent": MANY}
        last = many.services.jobs.find(TENANT, RESEND)
        assert last is not None
        assert (last.is_running, last.done, last.left) == (False, MANY, {})

    def test_is_one_at_a_time(self, many: World) -> None:
        first = send_again(many)
        assert send_again(many) == first
        cleared = start_clear(tenant_of(many), LogView(), by=OLIVE, services=many.services)
        assert cleared == first
        assert running_job(TENANT, RESEND, services=many.services) == first
        run_all(many)
        assert running_job(TENANT, RESEND, services=many.services) is None

    def test_leaves_alone_events_that_fail_after_its_start(self, many: World) -> None:
        send_again(many)
        fail(many, 999)
        run_all(many)
        assert statuses(many) == {"sent": MANY, "error": 1}

    def test_spreads_its_look_ups(self, world: World) -> None:
        fail(world, *range(MANY))
        send_again(world)
        world.queue.tasks.clear()
        job = work(world)
        assert job is not None
        *lookups, following = world.queue.tasks
        assert [task.delay for task in lookups] == [
            max(0, number - LOOKUPS_AT_ONCE) * LOOKUP_PACE for number in range(job.done)
        ]
        assert following.delay == job.done * LOOKUP_PACE
        again = work(world)
        assert again == job  # the next step is not due yet
        run_all(world)
        assert statuses(world) == {"sent": MANY}

    def test_says_what_it_could_not_send(self, many: World) -> None:
        send_again(many)
        many.clock.advance(timedelta(days=7))
        job = work(many)
        assert job is not None
        assert (job.done, set(job.left)) == (0, {str(Reason.TOO_OLD)})


class TestTwoAtOnce:
    def test_do_each_step_once(self, many: World) -> None:
        send_again(many)

        def another() -> None:
            other = work(many)
            assert other is not None
            assert other.done == 0

        both = interrupted(many, at=5, by=another)
        work_on_job(TENANT, RESEND, services=both.services)
        sends = [task for task in many.queue.tasks if task.path == "/tasks/send"]
        job = many.services.jobs.find(TENANT, RESEND)
        assert job is not None
        assert len({task.name for task in sends}) == len(sends) == job.done

    def test_of_which_the_first_leases_the_step(self, many: World) -> None:
        send_again(many)
        reads: list[str] = []
        services = replace(
            many.services,
            jobs=preceded(many.services.jobs, "replace", by=lambda: work(many)),
            events=followed(many.services.events, "page", by=lambda: reads.append("a page")),
        )
        after = work_on_job(TENANT, RESEND, services=services)
        assert after == many.services.jobs.find(TENANT, RESEND)
        assert after is not None
        assert (reads, 0 < after.done < MANY) == ([], True)

    def test_starting_start_one(self, many: World) -> None:
        def start() -> None:
            start_resend(tenant_of(many), LogView(), by=OLIVE, services=many.services)

        many.clock.advance(SECOND)
        jobs = preceded(many.services.jobs, "replace", by=start)
        services = replace(many.services, jobs=jobs)
        job = start_resend(tenant_of(many), LogView(), by=OLIVE, services=services)
        assert job == many.services.jobs.find(TENANT, RESEND)
        run_all(many)
        assert statuses(many) == {"sent": MANY}

    def test_that_meet_at_one_event_queue_it_once(self, world: World) -> None:
        fail(world)
        world.clock.advance(SECOND)

        def another() -> None:
            send_again(world)

        both = interrupted(world, at=1, by=another)
        start_resend(tenant_of(world), LogView(), by=OLIVE, services=both.services)
        run_all(world)
        assert statuses(world) == {"sent": 1}
        assert len(posts(world)) == 2


class TestAStepThatIsCutShort:
    @pytest.mark.parametrize("at", [1, 2, 30])
    def test_is_repeated_by_the_sweep_and_nothing_is_lost_or_sent_twice(
        self, many: World, at: int
    ) -> None:
        send_again(many)
        many.queue.tasks.clear()
        before = len(posts(many))
        with pytest.raises(StoreUnavailableError):
            work_on_job(TENANT, RESEND, services=interrupted(many, at=at).services)
        running = work(many)
        assert running is not None
        assert (running.is_running, running.done) == (True, 0)  # its lease has not expired
        run_all(many)
        assert statuses(many) == {"sent": MANY}
        sent_again = posts(many)[before:]
        assert len(set(sent_again)) == len(sent_again) == MANY
        job = many.services.jobs.find(TENANT, RESEND)
        assert job is not None
        assert not job.is_running

    def test_within_a_request_is_continued_by_a_task(self, world: World) -> None:
        give_up(world, range(3))
        world.clock.advance(SECOND)
        services = interrupted(world, at=2).services
        job = start_resend(tenant_of(world), LogView(), by=OLIVE, services=services)
        assert job is not None
        assert job.is_running
        run_all(world)
        assert statuses(world) == {"sent": 3}

    def test_does_not_resend_what_it_has_sent(self, world: World) -> None:
        give_up(world, range(3))
        world.clock.advance(SECOND)
        services = interrupted(world, at=3).services
        start_resend(tenant_of(world), LogView(), by=OLIVE, services=services)
        world.meta.script = [REFUSED, REFUSED]
        run_all(world)
        assert statuses(world) == {"error": 2, "sent": 1}


class TestAWineryThatLeaves:
    def test_stops_its_jobs(self, many: World) -> None:
        send_again(many)
        record_uninstall(TENANT, now=many.clock(), services=many.services)
        many.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        check_installation(TENANT, now=many.clock(), services=many.services)
        before = len(posts(many))
        run_all(many)
        job = many.services.jobs.find(TENANT, RESEND)
        assert job is not None
        assert (job.is_running, job.stopped, job.done) == (False, Reason.NOT_INSTALLED, 0)
        assert len(posts(many)) == before

    def test_that_is_erased_has_none(self, many: World) -> None:
        send_again(many)
        erase_tenant(TENANT, services=many.services)
        assert many.services.jobs.find(TENANT, RESEND) is None
        assert work(many) is None
        run_all(many)

    def test_and_is_erased_during_a_step_has_none(self, many: World) -> None:
        send_again(many)

        def erase() -> None:
            erase_tenant(TENANT, services=many.services)

        work_on_job(TENANT, RESEND, services=interrupted(many, at=3, by=erase).services)
        assert many.services.jobs.find(TENANT, RESEND) is None
        assert list(rows(many)) == []


class TestALostTask:
    def test_is_made_again_by_the_sweep_once_the_queue_is_back(self, many: World) -> None:
        many.queue.is_down = True
        job = send_again(many)
        assert job is not None
        assert job.is_running
        many.sweep()
        many.queue.is_down = False
        run_all(many)
        assert statuses(many) == {"sent": MANY}

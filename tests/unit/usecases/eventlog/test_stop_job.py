"""A staff member stops a job on the log."""

from contextlib import suppress

import pytest

from service.domain.copies import replace
from service.domain.records.job import BY_HAND, Job, JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.tenants.audit import log_change
from service.ports import StoreUnavailableError
from service.usecases.eventlog.job_results import mark_result_seen
from service.usecases.eventlog.start_job import running_job, start_clear
from service.usecases.eventlog.stop_job import stop_job
from service.usecases.eventlog.work_on_job import work_on_job
from tests.builders import OLIVE, TENANT
from tests.conftest import World
from tests.unit.usecases.failures import (
    fail,
    give_up,
    interrupted,
    posts,
    run_all,
    send_again,
    statuses,
    tenant_of,
    work,
)
from tests.unit.usecases.interruptions import preceded

pytestmark = pytest.mark.thorough

MANY = 120
BOB = replace(OLIVE, id="bob", name="Bob Barrel")
RESEND = JobKind.RESEND


@pytest.fixture
def many(world: World) -> World:
    """Return a world in which many events failed for good."""
    give_up(world, range(MANY))
    return world


def stop(world: World, job: Job | None) -> Job:
    """Let another staff member stop the job, and return its new state."""
    assert job is not None
    after = stop_job(TENANT, job.kind, job_id=job.id, by=BOB, services=world.services)
    assert after is not None
    return after


class TestAStoppedJob:
    def test_ends_at_once_and_what_was_done_stays_done(self, many: World) -> None:
        send_again(many)
        before = work(many)
        assert before is not None
        assert 0 < before.done < MANY
        job = stop(many, before)
        assert (job.is_running, job.done, job.due_at) == (False, before.done, None)
        assert (job.stopped, job.stopped_by) == (BY_HAND, BOB.name)
        run_all(many)
        assert many.services.jobs.find(TENANT, RESEND) == job
        assert statuses(many) == {"sent": job.done, "error": MANY - job.done}

    def test_lets_the_next_begin(self, many: World) -> None:
        first = send_again(many)
        stop(many, first)
        assert running_job(TENANT, RESEND, services=many.services) is None
        second = send_again(many)
        assert second is not None
        assert first is not None
        assert second.id != first.id
        run_all(many)
        assert statuses(many) == {"sent": MANY}

    @pytest.mark.parametrize("kind", JobKind)
    def test_is_in_the_audit_trail(self, world: World, kind: JobKind) -> None:
        if kind is RESEND:
            give_up(world, range(MANY))
            job, what = send_again(world), "sending events again"
        else:
            fail(world, *range(MANY))
            view, tenant = LogView(show=Show.ALL), tenant_of(world)
            job = start_clear(tenant, view, by=OLIVE, services=world.services)
            what = "clearing"
        stop(world, job)
        (entry, *_) = world.services.audit.newest(TENANT, limit=9)
        assert (entry.who, entry.who_id) == (BOB.name, BOB.id)
        assert entry.changes == (log_change(what, "stopped"),)


class TestAStepUnderWay:
    def test_is_finished_and_counted_and_none_comes_after_it(self, many: World) -> None:
        job = send_again(many)
        many.queue.tasks.clear()
        states: list[Job] = []
        services = interrupted(many, at=5, by=lambda: states.append(stop(many, job))).services
        after = work_on_job(TENANT, RESEND, services=services)
        assert [(each.done, each.may_be_under_way) for each in states] == [(0, True)]
        assert after is not None
        assert 5 < after.done < MANY
        assert (after.stopped_by, after.may_be_under_way) == (BOB.name, False)
        assert {task.path for task in many.queue.tasks} == {"/tasks/send"}
        run_all(many)
        assert statuses(many) == {"sent": after.done, "error": MANY - after.done}
        assert many.services.jobs.find(TENANT, RESEND) == after

    def test_is_counted_and_the_stop_noted_once_if_both_write_at_the_same_moment(
        self, many: World
    ) -> None:
        job = send_again(many)
        jobs = preceded(many.services.jobs, "replace", by=lambda: work(many))
        after = stop(replace(many, services=replace(many.services, jobs=jobs)), job)
        assert after == many.services.jobs.find(TENANT, RESEND)
        assert (after.is_running, after.stopped_by) == (False, BOB.name)
        assert 0 < after.done < MANY
        entries = many.services.audit.newest(TENANT, limit=9)
        assert [entry.who for entry in entries].count(BOB.name) == 1

    def test_is_counted_although_its_result_is_seen_at_the_same_moment(self, many: World) -> None:
        job = send_again(many)

        def mark_seen() -> None:
            stopped = many.services.jobs.find(TENANT, RESEND)
            assert stopped is not None
            mark_result_seen(TENANT, stopped, to=OLIVE, services=many.services)

        services = interrupted(many, at=5, by=lambda: stop(many, job)).services
        # The third write of the job adds the step's counts, after the second one has failed.
        jobs = preceded(many.services.jobs, "replace", at=3, by=mark_seen)
        after = work_on_job(TENANT, RESEND, services=replace(services, jobs=jobs))
        assert after == many.services.jobs.find(TENANT, RESEND)
        assert after is not None
        assert (after.is_told, after.stopped_by, after.may_be_under_way) == (True, BOB.name, False)
        assert 5 < after.done < MANY

    def test_that_failed_is_not_waited_for(self, many: World) -> None:
        job = send_again(many)
        with suppress(StoreUnavailableError):
            work_on_job(TENANT, RESEND, services=interrupted(many, at=1).services)
        assert not stop(many, job).is_running
        assert running_job(TENANT, RESEND, services=many.services) is None

    def test_does_not_count_in_the_job_that_was_begun_meanwhile(self, many: World) -> None:
        job = send_again(many)

        def another() -> None:
            stop(many, job)
            send_again(many)

        services = interrupted(many, at=5, by=another).services
        after = work_on_job(TENANT, RESEND, services=services)
        assert after is not None
        assert (after.is_running, after.done) == (True, 0)
        run_all(many)
        assert statuses(many) == {"sent": MANY}


class TestAJobThatIsOver:
    def test_stays_as_it_is_and_is_not_marked_as_stopped(self, many: World) -> None:
        started = send_again(many)
        run_all(many)
        job = many.services.jobs.find(TENANT, RESEND)
        entries = many.services.audit.newest(TENANT, limit=9)
        assert stop(many, started) == job
        assert many.services.audit.newest(TENANT, limit=9) == entries

    def test_is_not_mistaken_for_the_next(self, many: World) -> None:
        first = send_again(many)
        stop(many, first)
        second = send_again(many)
        assert stop(many, first) == second
        run_all(many)
        assert statuses(many) == {"sent": MANY}
        assert len(set(posts(many))) == MANY

    def test_was_never_there(self, world: World) -> None:
        world.install()
        assert stop_job(TENANT, RESEND, job_id="x", by=BOB, services=world.services) is None

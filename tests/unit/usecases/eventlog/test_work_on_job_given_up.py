"""A job whose step fails, or whose process dies, again and again."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest

from service.domain.copies import replace
from service.domain.records.job import GAVE_UP, MOST_TRIES, Job, JobKind
from service.ports import Events, StoreUnavailableError, Tenants
from service.usecases.eventlog.start_job import running_job
from service.usecases.eventlog.work_on_job import work_on_job
from tests.builders import TENANT
from tests.conftest import World
from tests.unit.usecases.failures import give_up, run_all, send_again, statuses, work

pytestmark = pytest.mark.thorough

MANY = 60
RESEND = JobKind.RESEND


@pytest.fixture
def many(world: World) -> World:
    """Return a world in which many events failed for good."""
    give_up(world, range(MANY))
    return world


class Broken:
    """A store of events that fails for so many minutes, and counts the calls."""

    def __init__(self, world: World, *, minutes: int, error: BaseException) -> None:
        self._world, self._error, self.tries = world, error, 0
        self._until = world.clock() + timedelta(minutes=minutes)

    def page(self, *args: Any, **kwargs: Any) -> Any:
        self.tries += 1
        if self._world.clock() < self._until:
            raise self._error
        return self._world.services.events.page(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.services.events, name)


def work_for(world: World, *, minutes: int, broken: Broken) -> Job:
    """Sweep every minute for so long, and return the job's new state."""
    services = replace(world.services, events=cast("Events", broken))
    for _ in range(minutes):
        world.sweep()
        world.queue.tasks.clear()
        with suppress(StoreUnavailableError, RuntimeError, SystemExit):
            work_on_job(TENANT, RESEND, services=services)
        world.clock.advance(timedelta(minutes=1))
    job = world.services.jobs.find(TENANT, RESEND)
    assert job is not None
    return job


class TestAStepThatNeverFinishes:
    @pytest.mark.parametrize("error", [RuntimeError("a fault"), SystemExit(9)])
    def test_is_given_up_after_half_an_hour_and_the_next_may_begin(
        self, many: World, error: BaseException
    ) -> None:
        send_again(many)
        broken = Broken(many, minutes=999, error=error)
        assert work_for(many, minutes=31, broken=broken).is_running
        job = work_for(many, minutes=3, broken=broken)
        assert (job.is_running, job.stopped, job.done, job.due_at) == (False, GAVE_UP, 0, None)
        assert broken.tries == MOST_TRIES == 5
        assert running_job(TENANT, RESEND, services=many.services) is None
        following = send_again(many)
        assert following is not None
        assert following.id != job.id
        run_all(many)
        assert statuses(many) == {"sent": MANY}

    def test_because_the_store_is_away_for_half_an_hour_is_not_given_up(self, many: World) -> None:
        send_again(many)
        broken = Broken(many, minutes=29, error=StoreUnavailableError("gone"))
        assert work_for(many, minutes=32, broken=broken).done > 0
        run_all(many)
        assert statuses(many) == {"sent": MANY}

    def test_does_not_count_against_the_next_step(self, many: World) -> None:
        send_again(many)
        for _ in range(2):
            broken = Broken(many, minutes=14, error=RuntimeError("a fault"))
            assert work_for(many, minutes=13, broken=broken).tries == MOST_TRIES - 2
            many.clock.advance(timedelta(minutes=9))
            work(many)
        job = many.services.jobs.find(TENANT, RESEND)
        assert job is not None
        assert (job.stopped, job.done) == ("", MANY)

    def test_because_the_winery_cannot_be_read_is_given_up_too(self, many: World) -> None:
        send_again(many)

        class Unreadable:
            def find(self, _tenant_id: str) -> Any:
                raise RuntimeError("a fault")

        services = replace(many.services, tenants=cast("Tenants", Unreadable()))
        for _ in range(60):
            with suppress(RuntimeError):
                work_on_job(TENANT, RESEND, services=services)
            many.clock.advance(timedelta(minutes=1))
        assert running_job(TENANT, RESEND, services=many.services) is None

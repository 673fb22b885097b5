from datetime import timedelta
from itertools import pairwise
from typing import cast

from service.domain.copies import replace
from service.domain.events.event import EVENT_WINDOW, STORE_WINDOW
from service.domain.tenants.recheck import Recheck
from service.ports import Events, Tenants
from service.usecases.cursors import ReleaseCursor
from tests.builders import (
    TENANT,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.parked import (
    Counted,
    count,
    hold,
    recheck,
)


class TestARecheck:
    """How often waiting deliveries are rechecked, and what that costs."""

    def minutes(self, world: World) -> list[int]:
        """Return the minutes, of the next 200, in which the sweep enqueues a recheck."""
        found = []
        for minute in range(1, 200):
            world.clock.advance(timedelta(minutes=1))
            world.sweep()
            if any(task.path == "/tasks/resolve" for task in world.queue.tasks):
                found.append(minute)
            world.run_tasks()
        return found

    def test_comes_soon_then_at_growing_intervals_up_to_an_hour(self, world: World) -> None:
        hold(world, 1)
        looks = [0, *self.minutes(world)]
        pauses = [later - earlier for earlier, later in pairwise(looks)]
        assert (pauses[0], max(pauses), pauses) == (1, 60, sorted(pauses))

    def test_reads_no_deliveries_while_nothing_can_let_them_go(self, world: World) -> None:
        hold(world, 3)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        world.run_tasks()
        events = Counted(world.services.events)
        services = replace(world.services, events=cast("Events", events))
        looks = self.minutes(replace(world, services=services))
        assert (len(looks) > 5, events.reads) == (True, 0)
        assert count(world) == {"held": 3}

    def test_is_not_made_where_nothing_waits(self, world: World) -> None:
        world.record_an_order()
        world.run_tasks()
        world.install(some_settings(value_rule="subtotal"))
        assert (recheck(world), self.minutes(world)) == (Recheck(), [])

    def test_ends_when_the_waiting_event_is_too_old(self, world: World) -> None:
        hold(world, 1)
        world.clock.advance(EVENT_WINDOW)
        world.sweep()
        world.run_tasks()
        assert count(world) == {"error": 1}
        world.clock.advance(STORE_WINDOW + timedelta(hours=1))
        for _ in range(2):
            world.sweep()
            world.run_tasks()
        assert recheck(world).at is None

    def test_finds_an_event_that_was_parked_while_its_cause_was_removed(self, world: World) -> None:
        """The currency is chosen while the event is being parked; neither sees the other."""
        world.install(some_settings(currency=None))
        tenants = world.services.tenants

        class Stale:
            """Tenants whose cache still has the state before the currency was chosen."""

            def __getattr__(self, name: str) -> object:
                return (lambda _: before) if name == "get_cached" else getattr(tenants, name)

        before = tenants.find(TENANT)
        world.install(some_settings(currency="USD"))
        world.run_tasks()
        late = replace(world.services, tenants=cast("Tenants", Stale()))
        replace(world, services=late).receive(a_signal(an_order()))
        assert count(world) == {"held": 1}
        world.clock.advance(timedelta(minutes=1))
        world.sweep()
        world.run_tasks()
        assert count(world) == {"sent": 1}

    def test_costs_one_write_however_many_begin_to_wait(self, world: World) -> None:
        hold(world, 1)
        first = recheck(world)
        for each in range(5):
            world.receive(a_signal(an_order(id=f"another-{each}")))
        assert recheck(world) == first

    def test_that_is_not_due_does_nothing(self, world: World) -> None:
        hold(world, 1)
        before = recheck(world)
        world.release()
        world.release(ReleaseCursor())
        assert (recheck(world), count(world)) == (before, {"held": 1})

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import cast

import pytest

from service.domain.breaker import Breaker
from service.domain.recheck import Recheck
from service.domain.schedule import EVENT_WINDOW
from service.domain.tenant import Role
from service.ports import Change, Events, QueueUnavailableError, Task, Tenants, Updated
from service.usecases.release_parked import MOST_READ, MOST_RELEASED, release_parked
from service.usecases.tasks import Cursor, ReleaseParked
from tests.builders import (
    BAD_TOKEN,
    POLICY,
    TENANT,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tasks import body_of

SECOND = timedelta(seconds=1)


def hold(world: World, number: int) -> None:
    """Have so many events held for a currency."""
    world.install(some_settings(currency=None))
    for each in range(number):
        world.receive(a_signal(an_order(id=f"order-{each}")))
        world.clock.advance(timedelta(milliseconds=1))
    world.clock.advance(SECOND)


def lose_the_token(world: World, number: int) -> None:
    """Have so many events held for a new token, of which one has met Meta."""
    world.install()
    world.meta.script = [BAD_TOKEN]
    for each in range(number):
        world.receive(a_signal(an_order(id=f"order-{each}")))
        world.clock.advance(timedelta(milliseconds=1))
    world.run_tasks()
    world.clock.advance(SECOND)


def count(world: World) -> dict[str, int]:
    return {str(status): number for status, number in world.services.events.count(TENANT).items()}


def recheck(world: World) -> Recheck:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.recheck


def order_ids(world: World) -> list[str]:
    return [event.event_id for event, _, _ in world.meta.sent]


class Overtaken:
    """Tenants that somebody changes just before a certain write."""

    def __init__(self, tenants: Tenants, *, at: int, by: Callable[[], None]) -> None:
        self._tenants, self._left, self._by = tenants, at, by

    def update(self, tenant_id: str, change: Change) -> Updated:
        self._left -= 1
        if self._left == 0:
            self._by()
        return self._tenants.update(tenant_id, change)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class Counted:
    """Events that count how often those that wait are read."""

    def __init__(self, events: Events) -> None:
        self._events, self.reads = events, 0

    def __getattr__(self, name: str) -> object:
        self.reads += name == "waiting"
        return getattr(self._events, name)


class TestARelease:
    def test_is_bounded_and_goes_on_where_it_stopped(self, world: World) -> None:
        hold(world, MOST_RELEASED + 5)
        world.install(some_settings(currency="USD"))
        (first,) = world.queue.tasks
        world.queue.tasks.clear()
        assert body_of(first, ReleaseParked).cursor is None

        assert world.release().events == MOST_RELEASED
        (rest,) = [task for task in world.queue.tasks if task.path == "/tasks/resolve"]
        assert world.release(body_of(rest, ReleaseParked).cursor).events == 5
        assert count(world) == {"queued": MOST_RELEASED + 5}

    def test_goes_on_past_many_that_wait_for_something_else(self, world: World) -> None:
        hold(world, MOST_READ + 1)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        assert world.run_tasks() == 2
        assert count(world) == {"held": MOST_READ + 1}

    def test_whose_task_was_lost_is_taken_up_by_the_sweep(self, world: World) -> None:
        hold(world, 3)
        world.install(some_settings(currency="USD"))
        world.queue.tasks.clear()
        world.sweep()
        world.run_tasks()
        assert count(world) == {"sent": 3}

    def test_whose_second_half_was_lost_is_begun_anew(self, world: World) -> None:
        hold(world, MOST_RELEASED + 5)
        world.install(some_settings(currency="USD"))
        world.release()
        world.queue.tasks.clear()
        world.clock.advance(timedelta(minutes=2))
        for _ in range(3):
            world.sweep()
            world.run_tasks()
            world.clock.advance(timedelta(minutes=2))
        assert count(world) == {"sent": MOST_RELEASED + 5}

    def test_is_in_the_order_in_which_the_events_came(self, world: World) -> None:
        hold(world, MOST_RELEASED + 5)
        world.install(some_settings(currency="USD"))
        world.run_tasks()
        assert order_ids(world) == [f"c7-order-order-{each}" for each in range(MOST_RELEASED + 5)]

    def test_waits_behind_new_events(self, world: World) -> None:
        hold(world, 2)
        world.install(some_settings(currency="USD"))
        world.release()
        sends = [task for task in world.queue.tasks if task.path == "/tasks/send"]
        assert [task.is_bulk for task in sends] == [True, True]

    def test_misses_nothing_whose_other_pixel_is_busy(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.clock.advance(SECOND)

        def enter_a_token_meanwhile() -> None:
            world.meta.meanwhile = lambda: None
            world.install(some_settings(pixels=two_pixels()))

        world.meta.meanwhile = enter_a_token_meanwhile
        world.send(record, Role.SECONDARY)
        world.run_tasks()
        assert count(world) == {"sent": 1}

    @pytest.mark.parametrize("at", [1, 2])
    def test_that_comes_during_another_is_not_forgotten(self, world: World, at: int) -> None:
        hold(world, 2)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        tenants = Overtaken(
            world.services.tenants, at=at, by=lambda: world.install(some_settings(currency="USD"))
        )
        services = replace(world.services, tenants=cast("Tenants", tenants))
        release_parked(TENANT, now=world.clock(), services=services)
        world.run_tasks()
        assert count(world) == {"sent": 2}

    def test_ends_for_a_later_one_so_that_the_order_stays(self, world: World) -> None:
        hold(world, MOST_READ + 1)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        assert not world.release().is_done
        (further,) = [task for task in world.queue.tasks if body_of(task, ReleaseParked).cursor]
        world.install(some_settings(currency="USD"))
        assert world.release(body_of(further, ReleaseParked).cursor).events == 0

    def test_of_many_that_a_probe_overtakes_leaves_none_behind(self, world: World) -> None:
        lose_the_token(world, MOST_READ + MOST_RELEASED + 5)
        assert count(world) == {"held": MOST_READ + MOST_RELEASED + 5}
        world.install()
        world.run_tasks()
        assert count(world) == {"sent": MOST_READ + MOST_RELEASED + 5}
        assert world.breaker() == Breaker()


class TestALook:
    """How often it comes: nothing tells it that something has come."""

    def minutes(self, world: World) -> list[int]:
        """Return at which minutes of the next ones the sweep has deliveries looked through."""
        found = []
        for minute in range(1, 200):
            world.clock.advance(timedelta(minutes=1))
            world.sweep()
            if any(task.path == "/tasks/resolve" for task in world.queue.tasks):
                found.append(minute)
            world.run_tasks()
        return found

    def test_is_soon_after_an_event_began_to_wait_then_ever_later_up_to_an_hour(
        self, world: World
    ) -> None:
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

    def test_is_not_where_nothing_waits(self, world: World) -> None:
        world.record_an_order()
        world.run_tasks()
        world.install(some_settings(value_rule="subtotal"))
        assert (recheck(world), self.minutes(world)) == (Recheck(), [])

    def test_ends_when_what_waited_is_too_old(self, world: World) -> None:
        hold(world, 1)
        world.clock.advance(EVENT_WINDOW + timedelta(hours=1))
        for _ in range(2):
            world.sweep()
            world.run_tasks()
        assert (recheck(world).at, count(world)) == (None, {"error": 1})

    def test_finds_what_began_to_wait_when_its_cause_was_being_mended(self, world: World) -> None:
        """The parking and the mending pass each other: neither knows of the other."""
        world.install(some_settings(currency=None))
        tenants = world.services.tenants

        class Late:
            """Tenants as they were before the currency was chosen, to one who reads them once."""

            def __getattr__(self, name: str) -> object:
                return (lambda _: before) if name == "recall" else getattr(tenants, name)

        before = tenants.find(TENANT)
        world.install(some_settings(currency="USD"))
        world.run_tasks()
        late = replace(world.services, tenants=cast("Tenants", Late()))
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
        world.release(Cursor())
        assert (recheck(world), count(world)) == (before, {"held": 1})


class TestAProbe:
    def test_is_the_event_that_waits_the_longest(self, world: World) -> None:
        lose_the_token(world, 3)
        world.install()
        world.run_tasks()
        assert order_ids(world)[:2] == ["c7-order-order-0"] * 2

    def test_that_is_searched_for_alone_ends_with_the_first(self, world: World) -> None:
        lose_the_token(world, 3)
        events = Counted(world.services.events)
        world.clock.advance(POLICY.token_probe_every)
        services = replace(world.services, events=cast("Events", events))
        done = release_parked(TENANT, now=world.clock(), services=services)
        assert (done.events, events.reads) == (1, 1)


class TestAQueueThatIsDown:
    def test_does_not_keep_a_release_from_being_ended_later(self, world: World) -> None:
        hold(world, MOST_RELEASED + 5)
        world.install(some_settings(currency="USD"))

        class Down:
            def enqueue(self, task: Task) -> None:
                raise QueueUnavailableError(task.name)

        services = replace(world.services, queue=Down())  # type: ignore[arg-type]
        assert not release_parked(TENANT, now=world.clock(), services=services).is_done
        world.queue.tasks.clear()
        for _ in range(4):
            world.clock.advance(POLICY.requeue_after)
            world.sweep()
            world.run_tasks()
        assert count(world) == {"sent": MOST_RELEASED + 5}

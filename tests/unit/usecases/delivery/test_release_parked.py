from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from service.ports import Events, QueueUnavailableError, Task
from service.usecases.delivery.release_parked import (
    MOST_READ,
    MOST_RELEASED,
    Released,
    release_parked,
)
from service.usecases.task_bodies import ReleaseParked
from tests.builders import (
    BAD_TOKEN,
    POLICY,
    TENANT,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tasks import body_of
from tests.unit.usecases.interruptions import drop, preceded, rewrite
from tests.unit.usecases.parked import (
    SECOND,
    Counted,
    count,
    hold,
    lose_the_token,
    order_ids,
)


@pytest.mark.thorough
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

    def test_whose_task_was_lost_is_repeated_by_the_sweep(self, world: World) -> None:
        hold(world, 3)
        world.install(some_settings(currency="USD"))
        world.queue.tasks.clear()
        world.sweep()
        world.run_tasks()
        assert count(world) == {"sent": 3}

    def test_whose_second_task_was_lost_starts_again(self, world: World) -> None:
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

    def test_is_in_the_order_of_receipt(self, world: World) -> None:
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

    def test_misses_no_event_whose_other_pixel_is_busy(self, world: World) -> None:
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
    def test_that_is_requested_during_another_is_not_lost(self, world: World, at: int) -> None:
        hold(world, 2)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        dollars = some_settings(currency="USD")
        tenants = preceded(
            world.services.tenants, "update", at=at, by=lambda: world.install(dollars)
        )
        services = replace(world.services, tenants=tenants)
        release_parked(TENANT, now=world.clock(), services=services)
        world.run_tasks()
        assert count(world) == {"sent": 2}

    def test_ends_when_a_newer_one_begins_so_that_the_order_stays(self, world: World) -> None:
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


class TestAnEventThatIsWrittenWhileItIsReleased:
    def release(self, world: World, write: Callable[[World, EventRecord], object]) -> Released:
        """Release the one waiting event, which another process writes just before."""
        hold(world, 1)
        world.install(some_settings(currency="USD"))
        world.queue.tasks.clear()
        record = world.row()
        events = preceded(world.services.events, "replace_all", by=lambda: write(world, record))
        return replace(world, services=replace(world.services, events=events)).release()

    def test_goes_on_with_what_was_written(self, world: World) -> None:
        def write(world: World, record: EventRecord) -> None:
            rewrite(world, record.key, object_number="9")

        assert self.release(world, write) == Released(events=1)
        world.run_tasks()
        assert (world.row().status, world.row().object_number) == (Status.SENT, "9")

    def test_is_not_queued_once_more_where_it_is_sent(self, world: World) -> None:
        assert self.release(world, World.send) == Released()
        assert (count(world), world.queue.tasks) == ({"sent": 1}, [])

    def test_is_not_created_again_where_it_is_erased(self, world: World) -> None:
        assert self.release(world, lambda world, record: drop(world, record.key)) == Released()
        assert (count(world), world.queue.tasks) == ({}, [])


class TestAProbe:
    def test_is_the_event_that_waits_the_longest(self, world: World) -> None:
        lose_the_token(world, 3)
        world.install()
        world.run_tasks()
        assert order_ids(world)[:2] == ["c7-order-order-0"] * 2

    def test_ends_a_recheck_for_probes_only(self, world: World) -> None:
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

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from service.domain.breaker import Breaker
from service.domain.tenant import Role
from service.ports import Tenants
from service.usecases.tasks import ResolveTask, parse_task
from service.usecases.tend_pixels import MOST_READ, MOST_RELEASED, tend_pixels
from tests.builders import BAD_TOKEN, TENANT, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World


def hold(world: World, number: int) -> None:
    """Have so many events held for a currency."""
    world.install(some_settings(currency=None))
    for each in range(number):
        world.receive(a_signal(an_order(id=f"order-{each}")))
    world.clock.advance(timedelta(seconds=1))


def count(world: World) -> dict[str, int]:
    return {str(status): number for status, number in world.services.events.count(TENANT).items()}


class Overtaken:
    """Tenants whose breakers somebody changes just before a certain write."""

    def __init__(self, tenants: Tenants, *, at: int, by: Callable[[], None]) -> None:
        self._tenants, self._left, self._by = tenants, at, by

    def replace_breaker(self, *where: Any, over: Breaker) -> bool:
        self._left -= 1
        if self._left == 0:
            self._by()
        return self._tenants.replace_breaker(*where, over=over)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class TestARelease:
    def test_is_bounded_and_goes_on_where_it_stopped(self, world: World) -> None:
        hold(world, MOST_RELEASED + 5)
        world.install(some_settings(currency="USD"))
        (first,) = world.queue.tasks
        world.queue.tasks.clear()
        assert parse_task(first.body, ResolveTask).about == "waiting"

        assert world.tend().released == MOST_RELEASED
        (rest,) = [task for task in world.queue.tasks if task.path == "/tasks/resolve"]
        assert world.tend(parse_task(rest.body, ResolveTask).walk).released == 5
        assert count(world) == {"queued": MOST_RELEASED + 5}
        assert world.breaker() == Breaker()

    def test_goes_on_past_many_that_wait_for_something_else(self, world: World) -> None:
        hold(world, MOST_READ + 1)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        assert world.run_tasks() == 2
        assert count(world) == {"held": MOST_READ + 1}
        assert world.breaker().release_at is None

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
        world.tend()
        world.queue.tasks.clear()
        world.clock.advance(timedelta(minutes=2))
        for _ in range(3):
            world.sweep()
            world.run_tasks()
            world.clock.advance(timedelta(minutes=2))
        assert count(world) == {"sent": MOST_RELEASED + 5}

    def test_waits_behind_new_events(self, world: World) -> None:
        hold(world, 2)
        world.install(some_settings(currency="USD"))
        world.tend()
        sends = [task for task in world.queue.tasks if task.path == "/tasks/send"]
        assert [task.is_bulk for task in sends] == [True, True]

    def test_misses_nothing_whose_other_pixel_is_busy(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.clock.advance(timedelta(seconds=1))

        def enter_a_token_meanwhile() -> None:
            world.meta.meanwhile = lambda: None
            world.install(some_settings(pixels=two_pixels()))

        world.meta.meanwhile = enter_a_token_meanwhile
        world.send(record, Role.SECONDARY)
        world.run_tasks()
        assert count(world) == {"sent": 1}

    def test_that_comes_during_another_is_not_forgotten(self, world: World) -> None:
        hold(world, 2)
        world.install(some_settings(currency=None, value_rule="subtotal"))
        tenants = Overtaken(
            world.services.tenants,
            at=len(Role) + 1,
            by=lambda: world.install(some_settings(currency="USD")),
        )
        services = replace(world.services, tenants=cast("Tenants", tenants))
        tend_pixels(TENANT, now=world.clock(), services=services)
        world.run_tasks()
        assert count(world) == {"sent": 2}

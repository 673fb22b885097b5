"""Running the listings of a shop's changes, step by step."""

from service.domain.events.event import EventName
from service.domain.tenants.catch_up import CatchUp
from service.usecases.intake.catch_up import Listed, list_changes
from service.usecases.task_bodies import ListChanges, parse_task
from tests.builders import TENANT
from tests.conftest import World

LISTS = ("order", "membership", "reservation", "customer")
EVERY = [*(f"changed {kind} 1" for kind in LISTS), "failed webhooks 1"]
"""The first page of each list, in the order in which they are read."""


def state(world: World) -> CatchUp:
    """Return the state of the winery's reconciliation."""
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.catch_up


def sweep_and_list(world: World) -> list[Listed]:
    """Run the sweep, and the listing's steps until none is left."""
    world.sweep()
    results = []
    while steps := [task for task in world.queue.tasks if is_listing(task.body)]:
        world.queue.tasks.remove(steps[0])
        world.clock.advance(steps[0].delay)
        task = parse_task(steps[0].body)
        assert isinstance(task, ListChanges)
        now = world.clock()
        step = list_changes(TENANT, task.cursor, now=now, services=world.services)
        results.append(step.result)
        assert len(results) < 100
    return results


def asked(world: World) -> list[str]:
    """Return which pages of lists the shop was asked for."""
    return [what for what, _ in world.shops.asked if what.startswith(("changed", "failed"))]


def is_listing(body: bytes) -> bool:
    """Tell whether a task with this body reads lists."""
    return isinstance(parse_task(body), ListChanges)


def names(world: World) -> list[EventName]:
    """Return the names of all recorded events."""
    return sorted(each.record.name for each in world.services.events.newest(TENANT, limit=99))

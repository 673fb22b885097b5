"""Shared helpers of tests of waiting deliveries: held events, and a store that counts reads."""

from datetime import timedelta

from service.domain.tenants.recheck import Recheck
from service.ports import Events
from tests.builders import BAD_TOKEN, TENANT, a_signal, an_order, some_settings
from tests.conftest import World

SECOND = timedelta(seconds=1)


def hold(world: World, number: int) -> None:
    """Receive this many events, which are held for a currency."""
    world.install(some_settings(currency=None))
    for each in range(number):
        world.receive(a_signal(an_order(id=f"order-{each}")))
        world.clock.advance(timedelta(milliseconds=1))
    world.clock.advance(SECOND)


def lose_the_token(world: World, number: int) -> None:
    """Receive this many events, which are held for a new token; Meta refused the first one's."""
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


class Counted:
    """A store of events that counts how often the waiting ones are read."""

    def __init__(self, events: Events) -> None:
        self._events, self.reads = events, 0

    def __getattr__(self, name: str) -> object:
        self.reads += name == "waiting"
        return getattr(self._events, name)

"""Orders that follow a visit, and what Meta gets of them."""

import hashlib
from datetime import timedelta
from typing import Any

from service.domain.events.event import Event, EventName
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.ports import Task
from tests.builders import TENANT, a_signal, an_order, some_settings
from tests.conftest import World

CART = an_order().id
EMAIL = "casey@example.com"
HASH = hashlib.sha256(EMAIL.encode()).hexdigest()
SECOND = timedelta(seconds=1)
REQUIRED = some_settings(consent_mode="required", remember_clicks=True)


def an_order_now(world: World, **changes: Any) -> Any:
    return an_order(**{"paid_at": world.clock(), "submitted_at": world.clock()} | changes)


def receive(world: World, fact: Any) -> None:
    world.receive(a_signal(fact))


def run(world: World) -> list[timedelta]:
    """Run the tasks, each when it is due, and return the delays."""
    delays = []
    while world.queue.tasks:
        task: Task = world.queue.tasks.pop(0)
        world.queue.done.add(task.name)
        delays.append(task.delay)
        world.clock.advance(task.delay)
        world.run_task(task)
    return [each for each in delays if each]


def sent(world: World, name: EventName = EventName.PURCHASE) -> Event:
    """Return the last event of this name that Meta got."""
    return [event for event, *_ in world.meta.sent if event.name is name][-1]


def purchase(world: World) -> EventRecord:
    """Return the record of the only Purchase."""
    view = LogView(event=EventName.PURCHASE)
    (stored,) = world.services.events.page(TENANT, view, after=None, limit=9)
    return stored.record

"""Once a minute: enqueue again what fell between the steps."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.delivery import requeued
from service.domain.record import EventRecord
from service.domain.tenant import Role
from service.ports import QueueUnavailableError, Services, Stored
from service.usecases.tasks import send_task

MOST_PER_SWEEP = 200
"""Bounds one call's work; the next minute takes the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many overdue deliveries were found, and how many of them got a new task."""

    due: int
    enqueued: int


def sweep_deliveries(*, now: datetime, services: Services) -> Swept:
    """Give every overdue delivery a new task, and drop old signals; at most 200 of each a call.

    Safe to run twice at once: whoever changes the record first makes the task.

    Raises:
        StoreUnavailableError: the next sweep finds what this one left.
    """
    services.signals.drop_expired(now=now, limit=MOST_PER_SWEEP)
    due, enqueued = 0, 0
    for stored in services.events.due(now=now, limit=MOST_PER_SWEEP):
        roles = _overdue(stored.record, now=now)
        due += len(roles)
        record = _with_new_tasks(stored.record, roles, now=now, services=services)
        written = services.events.replace(stored, record)
        if written and not _enqueue(written, roles, services=services):
            break  # the queue is down; the rest would only be pushed further into the future
        enqueued += len(roles) if written else 0
    return Swept(due=due, enqueued=enqueued)


def _overdue(record: EventRecord, *, now: datetime) -> list[Role]:
    """Return the roles whose task is lost, whose hold is over, or for whom it is too late."""
    is_expired = record.is_expired(now)
    return [
        role
        for role, delivery in record.deliveries.items()
        if delivery.is_due(now) or (is_expired and delivery.is_idle)
    ]


def _with_new_tasks(
    record: EventRecord, roles: list[Role], *, now: datetime, services: Services
) -> EventRecord:
    renewed = {
        role: requeued(record.deliveries[role], now=now, policy=services.retry) for role in roles
    }
    return replace(record, deliveries={**record.deliveries, **renewed}, updated_at=now)


def _enqueue(written: Stored, roles: list[Role], *, services: Services) -> bool:
    try:
        for role in roles:
            services.queue.enqueue(send_task(written.record, role, written.record.deliveries[role]))
    except QueueUnavailableError:
        return False
    return True

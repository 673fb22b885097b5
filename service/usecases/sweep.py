"""The sweep, once a minute: enqueue lost tasks again, and everything that has come due."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import requeued
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Due, Role
from service.ports import QueueUnavailableError, Services, Stored, Task
from service.usecases.tasks import (
    alerts_task,
    changes_task,
    counting_task,
    enqueue_steps,
    installation_task,
    job_task,
    release_task,
    shop_task,
)

MOST_PER_SWEEP = 200
"""Bounds one call's work; the next minute takes the rest."""

MOST_SHOPS_PER_SWEEP = 50
"""The same for each kind of work that is due per winery: shop facts, installations, rechecks,
alerts, listings, counts and jobs.
"""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_BY = "sweep"
_TASKS: Mapping[Due, Callable[[str, datetime], Task]] = {
    Due.SHOP: lambda tenant_id, at: shop_task(tenant_id, due_at=at),
    Due.INSTALLATION: lambda tenant_id, at: installation_task(tenant_id, due_at=at),
    Due.WAITING: lambda tenant_id, at: release_task(tenant_id, due_at=at, by=_BY),
    Due.NOTICES: lambda tenant_id, at: alerts_task(tenant_id, due_at=at, by=_BY),
    Due.CATCH_UP: lambda tenant_id, at: changes_task(tenant_id, due_at=at, by=_BY),
    Due.COUNTING: lambda tenant_id, at: counting_task(tenant_id, due_at=at, by=_BY),
}


class Swept(Struct, frozen=True, kw_only=True):
    """How many overdue steps were found, and how many of them got a new task.

    `stuck` holds the ids of tenants with an event that has been queued for too long.
    """

    due: int
    enqueued: int
    stuck: frozenset[str] = frozenset()


def sweep_due(*, now: datetime, services: Services) -> Swept:
    """Give overdue steps new tasks, and drop expired signals and locks; at most 200 of each.

    Safe to run twice at once: only the process that changes the record makes the task.

    Raises:
        StoreUnavailableError: some is left; the next sweep finds it.
    """
    services.browser_signals.drop_expired(now=now, limit=MOST_PER_SWEEP)
    services.events.drop_expired(now=now, limit=MOST_PER_SWEEP)
    due, enqueued = 0, 0
    found = services.events.due(now=now, limit=MOST_PER_SWEEP)
    stuck = frozenset(_stuck([each.record for each in found], now=now, policy=services.retry))
    for stored in found:
        roles = _overdue(stored.record, now=now)
        steps = len(roles) + (stored.record.lookup is not None)
        due += steps
        record = _with_new_tasks(stored.record, roles, now=now, services=services)
        written = services.events.replace(stored, record)
        if written and not _enqueue(written, roles, services=services):
            # The queue is down: a new due time would only postpone the remaining records.
            return Swept(due=due, enqueued=enqueued, stuck=stuck)
        enqueued += steps if written else 0
    for what in _TASKS:
        _enqueue_for(what, now=now, services=services)
    _enqueue_jobs(now=now, services=services)
    return Swept(due=due, enqueued=enqueued, stuck=stuck)


def _stuck(records: Sequence[EventRecord], *, now: datetime, policy: RetryPolicy) -> Iterator[str]:
    for record in records:
        if record.queued_since and record.queued_since <= now - policy.stuck_after:
            yield record.tenant_id


def _overdue(record: EventRecord, *, now: datetime) -> list[Role]:
    """Return the roles whose task is lost, whose hold has ended, or whose event is too old."""
    is_expired = record.is_expired(now)
    return [
        role
        for role, delivery in record.deliveries.items()
        if delivery.is_due(now) or (is_expired and delivery.is_idle)
    ]


def _with_new_tasks(
    record: EventRecord, roles: list[Role], *, now: datetime, services: Services
) -> EventRecord:
    policy = services.retry
    renewed = {role: requeued(record.deliveries[role], now=now, policy=policy) for role in roles}
    lookup = record.lookup.requeued(now=now, policy=policy) if record.lookup else None
    deliveries = {**record.deliveries, **renewed}
    payload = None if record.holds_payload_too_long(now) else record.payload
    return replace(record, deliveries=deliveries, lookup=lookup, payload=payload, updated_at=now)


def _enqueue(written: Stored, roles: list[Role], *, services: Services) -> bool:
    try:
        enqueue_steps(written.record, queue=services.queue, roles=roles)
    except QueueUnavailableError:
        return False
    return True


def _enqueue_for(what: Due, *, now: datetime, services: Services) -> None:
    """Enqueue a task for each tenant for which this is due; what is not enqueued stays due."""
    slot = _slot(now, services.retry)
    for tenant_id in services.tenants.due(what, now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(_TASKS[what](tenant_id, slot))
        except QueueUnavailableError:
            return


def _enqueue_jobs(*, now: datetime, services: Services) -> None:
    """Enqueue the next step of jobs whose task was lost, or whose last step was interrupted."""
    slot = _slot(now, services.retry)
    for tenant_id, kind in services.jobs.due(now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(job_task(tenant_id, kind, due_at=slot, by=_BY))
        except QueueUnavailableError:
            return


def _slot(now: datetime, policy: RetryPolicy) -> datetime:
    # The queue may still refuse the name of a lost task, so each minute's tasks get a new name.
    return now - (now - _EPOCH) % policy.sweep_slot

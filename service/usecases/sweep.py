"""The sweep, once a minute: enqueue lost tasks again, and everything that has come due."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import requeued
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Due, Role
from service.ports import QueueUnavailableError, Services, Stored, Task
from service.usecases.tasks import (
    alerts_task,
    changes_task,
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
alerts, listings and jobs.
"""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
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
    _enqueue_shop_reads(now=now, services=services)
    _enqueue_installation_checks(now=now, services=services)
    _enqueue_rechecks(now=now, services=services)
    _enqueue_alert_checks(now=now, services=services)
    _enqueue_listings(now=now, services=services)
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


def _enqueue_shop_reads(*, now: datetime, services: Services) -> None:
    """Enqueue the reading of shops' public facts that are due to be read again."""
    at = _slot(now, services.retry)
    _enqueue_for(Due.SHOP, lambda each: shop_task(each, due_at=at), now, services=services)


def _enqueue_rechecks(*, now: datetime, services: Services) -> None:
    """Enqueue due rechecks of waiting deliveries, and due probes of stopped pixels."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.WAITING, lambda each: release_task(each, due_at=at, by="sweep"), now, services=services
    )


def _enqueue_alert_checks(*, now: datetime, services: Services) -> None:
    """Enqueue checks of alerts that last, or whose e-mail is still to be sent."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.NOTICES, lambda each: alerts_task(each, due_at=at, by="sweep"), now, services=services
    )


def _enqueue_installation_checks(*, now: datetime, services: Services) -> None:
    """Enqueue checks of doubtful installations, and the purge of wineries that left long ago."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.INSTALLATION, lambda each: installation_task(each, due_at=at), now, services=services
    )


def _enqueue_listings(*, now: datetime, services: Services) -> None:
    """Enqueue the listing of what shops changed while webhooks about it were dropped."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.CATCH_UP, lambda each: changes_task(each, due_at=at, by="sweep"), now, services=services
    )


def _enqueue_for(
    what: Due, task: Callable[[str], Task], now: datetime, *, services: Services
) -> None:
    """Enqueue a task for each tenant for which this is due; what is not enqueued stays due."""
    for tenant_id in services.tenants.due(what, now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(task(tenant_id))
        except QueueUnavailableError:
            return


def _enqueue_jobs(*, now: datetime, services: Services) -> None:
    """Enqueue the next step of jobs whose task was lost, or whose last step was interrupted."""
    slot = _slot(now, services.retry)
    for tenant_id, kind in services.jobs.due(now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(job_task(tenant_id, kind, due_at=slot, by="sweep"))
        except QueueUnavailableError:
            return


def _slot(now: datetime, policy: RetryPolicy) -> datetime:
    # The queue may still refuse the name of a lost task, so each minute's tasks get a new name.
    return now - (now - _EPOCH) % policy.sweep_slot

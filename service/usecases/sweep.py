"""Once a minute: enqueue again what fell between the steps, and what has come due."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from service.domain.delivery.schedule import SHOP_PROBE_EVERY, RetryPolicy
from service.domain.delivery.steps import requeued
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Due, Role
from service.ports import QueueUnavailableError, Services, Stored, Task
from service.usecases.tasks import (
    alerts_task,
    enqueue_steps,
    installation_task,
    job_task,
    release_task,
    shop_task,
)
from service.usecases.tenants.read_shop import schedule_shop_check

MOST_PER_SWEEP = 200
"""Bounds one call's work; the next minute takes the rest."""

MOST_SHOPS_PER_SWEEP = 50
"""The same for shops whose facts are a day old, doubtful installations, stopped pixels and jobs."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many overdue steps were found, and how many of them got a new task.

    `stuck` names the tenants of events among them that should have been sent long ago.
    """

    due: int
    enqueued: int
    stuck: frozenset[str] = frozenset()


def sweep_due(*, now: datetime, services: Services) -> Swept:
    """Give every overdue step a new task, and drop old signals; at most 200 of each a call.

    Safe to run twice at once: whoever changes the record first makes the task.

    Raises:
        StoreUnavailableError: the next sweep finds what this one left.
    """
    services.signals.drop_expired(now=now, limit=MOST_PER_SWEEP)
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
            # The rest would only be pushed further away.
            return Swept(due=due, enqueued=enqueued, stuck=stuck)
        enqueued += steps if written else 0
    _ask_shops(now=now, services=services)
    _check_installations(now=now, services=services)
    _release_parked(now=now, services=services)
    _watch_alerts(now=now, services=services)
    _take_up_jobs(now=now, services=services)
    return Swept(due=due, enqueued=enqueued, stuck=stuck)


def _stuck(records: Sequence[EventRecord], *, now: datetime, policy: RetryPolicy) -> Iterator[str]:
    for record in records:
        if record.queued_since and record.queued_since <= now - policy.stuck_after:
            yield record.tenant_id


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
    policy = services.retry
    renewed = {role: requeued(record.deliveries[role], now=now, policy=policy) for role in roles}
    lookup = record.lookup.requeued(now=now, policy=policy) if record.lookup else None
    deliveries = {**record.deliveries, **renewed}
    return replace(record, deliveries=deliveries, lookup=lookup, updated_at=now)


def _enqueue(written: Stored, roles: list[Role], *, services: Services) -> bool:
    try:
        enqueue_steps(written.record, queue=services.queue, roles=roles)
    except QueueUnavailableError:
        return False
    return True


def _ask_shops(*, now: datetime, services: Services) -> None:
    """Have shops asked again for their public facts, each no sooner than it is due."""
    tenants = services.tenants
    for tenant_id in tenants.due(Due.SHOP, now=now, limit=MOST_SHOPS_PER_SWEEP):
        due_at = now + SHOP_PROBE_EVERY
        schedule_shop_check(tenant_id, at=due_at, services=services)
        try:
            services.queue.enqueue(shop_task(tenant_id, due_at=due_at))
        except QueueUnavailableError:
            return


def _release_parked(*, now: datetime, services: Services) -> None:
    """Have waiting deliveries looked through, and stopped pixels tried."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.WAITING, lambda each: release_task(each, due_at=at, by="sweep"), now, services=services
    )


def _watch_alerts(*, now: datetime, services: Services) -> None:
    """Have alerts looked at that last, or that nobody could be told of."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.NOTICES, lambda each: alerts_task(each, due_at=at, by="sweep"), now, services=services
    )


def _check_installations(*, now: datetime, services: Services) -> None:
    """Have installations looked after that are in doubt, or whose winery left long enough ago."""
    at = _slot(now, services.retry)
    _enqueue_for(
        Due.INSTALLATION, lambda each: installation_task(each, due_at=at), now, services=services
    )


def _enqueue_for(
    what: Due, task: Callable[[str], Task], now: datetime, *, services: Services
) -> None:
    """Make a task for each tenant of whom this is due; what is not enqueued stays due."""
    for tenant_id in services.tenants.due(what, now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(task(tenant_id))
        except QueueUnavailableError:
            return


def _take_up_jobs(*, now: datetime, services: Services) -> None:
    """Have jobs gone on with whose task was lost, or whose step was cut short."""
    slot = _slot(now, services.retry)
    for tenant_id, kind in services.jobs.due(now=now, limit=MOST_SHOPS_PER_SWEEP):
        try:
            services.queue.enqueue(job_task(tenant_id, kind, due_at=slot, by="sweep"))
        except QueueUnavailableError:
            return


def _slot(now: datetime, policy: RetryPolicy) -> datetime:
    # A task that was lost keeps its name to itself, so every minute has one of its own.
    return now - (now - _EPOCH) % policy.sweep_slot

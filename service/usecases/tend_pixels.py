"""Let go on what waited for a pixel or a fact, and try a stopped pixel with one event."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.breaker import Breaker
from service.domain.delivery_steps import released
from service.domain.record import EventRecord
from service.domain.tenant import Role, Tenant
from service.domain.waiting import is_rested, may_go_on, probes
from service.ports import Place, QueueUnavailableError, Services, Stored
from service.usecases.open_records import open_records
from service.usecases.tasks import Walk, enqueue_steps, waiting_task

MOST_RELEASED = 200
"""Bounds the writes of one call; a new task takes the rest."""

MOST_READ = 1000
"""The same for what is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """How many events go on, and whether all that wait were looked through."""

    released: int = 0
    is_done: bool = True


def tend_pixels(
    tenant_id: str, *, now: datetime, services: Services, so_far: Walk | None = None
) -> Tended:
    """Do what is due for the tenant's pixels; at most 200 events go on in one call.

    `so_far` is how far the call came that this one continues.

    Raises:
        StoreUnavailableError: some of it is left; it stays due.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return Tended()
    tended = Tended()
    if roles := _to_release(tenant, now=now, is_continued=so_far is not None):
        walk = so_far or Walk()
        tended = _release_all(tenant, roles, walk, now=now, services=services)
    for role in Role:
        _try(tenant_id, role, now=now, services=services)
    return tended


def _to_release(tenant: Tenant, *, now: datetime, is_continued: bool) -> list[Role]:
    due = {role: tenant.breaker(role).release_at for role in Role}
    return [role for role, at in due.items() if at is not None and (is_continued or at <= now)]


def _release_all(
    tenant: Tenant, roles: list[Role], walk: Walk, *, now: datetime, services: Services
) -> Tended:
    """Walk through what waits, and let go on whatever may."""
    # Due again if this walk is never heard of; sooner if something new comes meanwhile.
    lease = now + services.retry.requeue_after
    leased = {
        role: _noted(tenant, role, lease, over=tenant.breaker(role), services=services)
        for role in roles
    }
    count, next_at = 0, walk.next_at
    waiting = open_records(tenant.id, after=walk.after, services=services)
    for read, stored in enumerate(waiting, start=1):
        record = stored.record
        going = [role for role in roles if _goes(record, role, tenant, now=now)]
        count += bool(going) and release(stored, going, now=now, services=services, is_bulk=True)
        next_at = _sooner(next_at, _rest_of(record, roles, now=now))
        if record.due_at and (count >= MOST_RELEASED or read >= MOST_READ):
            further = Walk(after=Place(record.due_at, record.key), next_at=next_at)
            with suppress(QueueUnavailableError):
                services.queue.enqueue(
                    waiting_task(tenant.id, due_at=now, by=record.key, walk=further)
                )
            return Tended(released=count, is_done=False)
    for role, breaker in leased.items():
        _noted(tenant, role, next_at, over=breaker, services=services)
    return Tended(released=count)


def _noted(
    tenant: Tenant, role: Role, release_at: datetime | None, *, over: Breaker, services: Services
) -> Breaker:
    """Return the breaker with the next look at that time, unless something came in between."""
    after = replace(over, release_at=release_at)
    services.tenants.replace_breaker(tenant.id, role, after, over=over)
    return after


def _goes(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    return role in record.deliveries and may_go_on(record, role, tenant, now=now)


def _rest_of(record: EventRecord, roles: list[Role], *, now: datetime) -> datetime | None:
    """Return when the first of these deliveries may go on that still rests."""
    waiting = [record.deliveries[role] for role in roles if role in record.deliveries]
    ends = [each.not_before for each in waiting if each.waits_for and not is_rested(each, now=now)]
    return min((end for end in ends if end), default=None)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at), default=None)


def release(
    stored: Stored,
    roles: list[Role],
    *,
    now: datetime,
    services: Services,
    is_bulk: bool = False,
) -> bool:
    """Queue those of these deliveries that are still parked; tell if there were any."""
    current: Stored | None = stored
    while current:
        record = current.record
        going = {
            role: released(record.deliveries[role], now=now, policy=services.retry)
            for role in roles
            if role in record.deliveries and record.deliveries[role].waits_for
        }
        if not going:
            return False
        after = replace(record, deliveries={**record.deliveries, **going}, updated_at=now)
        if written := services.events.replace(current, after):
            with suppress(QueueUnavailableError):  # what is queued is due; the sweep finds it
                enqueue_steps(written.record, queue=services.queue, roles=[*going], is_bulk=is_bulk)
            return True
        current = services.events.find(record.tenant_id, record.key)
    return False


def _try(tenant_id: str, role: Role, *, now: datetime, services: Services) -> None:
    """Send one waiting delivery to a pixel whose time for a probe has come."""
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return
    breaker = tenant.breaker(role)
    if not (breaker.is_watched and not breaker.is_working and breaker.lets_probe(now)):
        return
    rest: datetime | None = None
    for stored in open_records(tenant_id, services=services):
        if _probes(stored.record, role, tenant, now=now):
            release(stored, [role], now=now, services=services)
            return
        rest = _sooner(rest, _rest_of(stored.record, [role], now=now))
    # Nothing waits: the next event will be the probe, whenever it comes.
    after = replace(breaker, probe_at=rest or breaker.probe_at, is_watched=rest is not None)
    services.tenants.replace_breaker(tenant_id, role, after, over=breaker)


def _probes(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    return role in record.deliveries and probes(record, role, tenant, now=now)

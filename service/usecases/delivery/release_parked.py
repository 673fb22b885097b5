"""Recheck a winery's parked deliveries, and queue those that may go on (docs/adr/0022).

A stopped pixel whose probe is due is probed with the first delivery that waits for it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import released
from service.domain.records.record import EventRecord
from service.domain.records.waiting import any_may_go_on, is_rested, may_go_on, probes
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Cursor, QueueUnavailableError, Services, Stored
from service.usecases.cursors import ReleaseCursor
from service.usecases.tasks import enqueue_steps, release_task
from service.usecases.tenants.change_tenant import change_breaker
from service.usecases.tenants.schedule_alerts import schedule_alerts_check

MOST_RELEASED = 200
"""Bounds the writes of one call; a new task takes the rest."""

MOST_READ = 1000
"""Bounds the reads of one call in the same way."""

_AT_A_TIME = 100


class Released(Struct, frozen=True, kw_only=True):
    """How many events were released, and whether the recheck is finished."""

    events: int = 0
    is_done: bool = True


def release_parked(
    tenant_id: str, *, now: datetime, services: Services, cursor: ReleaseCursor | None = None
) -> Released:
    """Release deliveries that may go on, at most 200 events in one call.

    Does nothing if no recheck is due. `cursor` is where the call that this one continues ended.

    Raises:
        StoreUnavailableError: some deliveries are left; the recheck stays due.
    """
    run = _begin(tenant_id, cursor, now=now, services=services)
    if run is None:
        return Released()
    if run.is_needless:
        _end(run, now=now, services=services)
        return Released()
    for batch in _waiting(tenant_id, after=run.cursor.after, services=services):
        last = run.read_batch(batch, now=now)
        run.release_chosen(now=now, services=services)
        if run.has_every_probe:
            return Released(events=run.released)
        if run.is_long:
            with suppress(QueueUnavailableError):  # the next recheck starts from the beginning
                task = release_task(tenant_id, due_at=now, by=last.key, cursor=run.cursor)
                services.queue.enqueue(task)
            return Released(events=run.released, is_done=False)
    _end(run, now=now, services=services)
    return Released(events=run.released)


class _Chosen(Struct, frozen=True):
    """A record, and the roles whose waiting deliveries are to be queued."""

    stored: Stored
    roles: Sequence[Role]
    is_bulk: bool

    def after(self, *, now: datetime, policy: RetryPolicy) -> EventRecord:
        """Return the record with these deliveries queued."""
        record = self.stored.record
        going = {
            role: released(record.deliveries[role], now=now, policy=policy) for role in self.roles
        }
        return replace(record, deliveries={**record.deliveries, **going}, updated_at=now)


class _RecheckRun(Struct):
    """One call's part of a recheck. `probed` are the stopped pixels whose probe is due."""

    tenant: Tenant
    cursor: ReleaseCursor
    probed: dict[Role, Breaker] = field(default_factory=dict)
    chosen: list[_Chosen] = field(default_factory=list)
    released: int = 0
    read: int = 0

    @property
    def to_probe(self) -> Sequence[Role]:
        """Return the pixels for which no delivery was found so far."""
        return [role for role in self.probed if role not in self.cursor.probed]

    @property
    def is_needless(self) -> bool:
        """Tell whether nothing has changed since the last recheck, and no delivery may go on."""
        recheck = self.tenant.recheck
        is_read = recheck.round == recheck.read_round and self.cursor.after is None
        return is_read and not (self.to_probe or any_may_go_on(self.tenant))

    @property
    def has_every_probe(self) -> bool:
        """Tell whether this recheck is for probes only, and has found a delivery for each."""
        return not (self.cursor.is_whole or self.to_probe)

    @property
    def is_long(self) -> bool:
        """Tell whether the rest is left to another call."""
        return self.released + len(self.chosen) >= MOST_RELEASED or self.read >= MOST_READ

    def read_batch(self, batch: Sequence[Stored], *, now: datetime) -> EventRecord:
        """Choose what may go on, as far as this call goes; return the last record read."""
        for stored in batch:
            self._read_record(stored, now=now)
            if self.has_every_probe or self.is_long:
                break
        return stored.record

    def release_chosen(self, *, now: datetime, services: Services) -> None:
        """Release what was chosen."""
        self.released += _release(self.chosen, now=now, services=services)
        self.chosen = []

    def _read_record(self, stored: Stored, *, now: datetime) -> None:
        """Choose the record's deliveries that may go on, and note when the others may."""
        record, tenant = stored.record, self.tenant
        here = [role for role in Role if role in record.deliveries]
        going = [role for role in here if may_go_on(record, role, tenant, now=now)]
        trying = [
            role for role in here if role in self.to_probe and probes(record, role, tenant, now=now)
        ]
        if chosen := [role for role in here if role in going or role in trying]:
            self.chosen.append(_Chosen(stored, chosen, is_bulk=not trying))
        rests = [self.cursor.next_at, *_rests(record, now=now)]
        self.read += 1
        self.cursor = replace(
            self.cursor,
            after=Cursor(record.waiting_since or record.received_at, record.key),
            next_at=min((at for at in rests if at), default=None),
            probed=(*self.cursor.probed, *trying),
        )


def _begin(
    tenant_id: str, cursor: ReleaseCursor | None, *, now: datetime, services: Services
) -> _RecheckRun | None:
    """Record that the recheck has begun, and return it; `None` if none is due or a newer began."""

    def is_wanted(recheck: Recheck) -> bool:
        if cursor:
            return cursor.is_whole and cursor.round == recheck.round
        return recheck.is_due(now)

    def change(tenant: Tenant | None) -> Tenant | None:
        if tenant is None or not is_wanted(tenant.recheck):
            return tenant
        return replace(tenant, recheck=tenant.recheck.begun(now=now, policy=services.retry))

    updated = services.tenants.update(tenant_id, change)
    if updated.before is None or updated.after is None:
        return None
    tenant, is_whole = updated.after, is_wanted(updated.before.recheck)
    due = {role: tenant.breaker(role) for role in Role if _is_due(tenant.breaker(role), now)}
    if cursor and cursor.round != tenant.recheck.round:
        return None
    if not (is_whole or due):
        return None
    start = ReleaseCursor(round=tenant.recheck.round, is_whole=is_whole)
    return _RecheckRun(tenant, cursor or start, due)


def _is_due(breaker: Breaker, now: datetime) -> bool:
    return not breaker.is_working and breaker.lets_probe(now)


def _waiting(
    tenant_id: str, *, after: Cursor | None, services: Services
) -> Iterator[Sequence[Stored]]:
    while batch := services.events.waiting(tenant_id, after=after, limit=_AT_A_TIME):
        yield batch
        last = batch[-1].record
        if last.waiting_since is None or len(batch) < _AT_A_TIME:
            return
        after = Cursor(last.waiting_since, last.key)


def _rests(record: EventRecord, *, now: datetime) -> Iterator[datetime | None]:
    """Yield when each delivery that still rests may go on."""
    for each in record.deliveries.values():
        if each.waits_for and not is_rested(each, now=now):
            yield each.not_before


def _end(run: _RecheckRun, *, now: datetime, services: Services) -> None:
    """Record when the next recheck is due, and which pixels have no delivery to be probed with."""
    rest_until = run.cursor.next_at
    for role in run.to_probe:
        known = run.probed[role]
        after = replace(known, probe_at=rest_until or known.probe_at, is_watched=bool(rest_until))

        def unwatched(there: Breaker, known: Breaker = known, after: Breaker = after) -> Breaker:
            return after if there == known else there

        change_breaker(run.tenant.id, role, unwatched, now=now, services=services)

    def ended(tenant: Tenant) -> Tenant:
        recheck = tenant.recheck.ended(
            begun=run.tenant.recheck, rest_until=rest_until, now=now, policy=services.retry
        )
        return replace(tenant, recheck=recheck)

    if run.cursor.is_whole:
        services.tenants.update(run.tenant.id, lambda known: known and ended(known))
        schedule_alerts_check(run.tenant, now=now, services=services)


def _release(chosen: Sequence[_Chosen], *, now: datetime, services: Services) -> int:
    """Queue the chosen deliveries that still wait; return how many events have one."""
    number = 0
    while chosen:
        changes = [(each.stored, each.after(now=now, policy=services.retry)) for each in chosen]
        lost = []
        for each, written in zip(chosen, services.events.replace_all(changes), strict=True):
            if written is None:
                lost.append(each)
                continue
            number += 1
            with suppress(QueueUnavailableError):  # what is queued is due; the sweep finds it
                enqueue_steps(
                    written.record, queue=services.queue, roles=each.roles, is_bulk=each.is_bulk
                )
        chosen = [again for each in lost if (again := _found_again(each, services=services))]
    return number


def _found_again(chosen: _Chosen, *, services: Services) -> _Chosen | None:
    """Return what still waits of a record that was written by another process since."""
    record = chosen.stored.record
    stored = services.events.find(record.tenant_id, record.key)
    deliveries = stored.record.deliveries if stored else {}
    roles = [role for role in chosen.roles if role in deliveries and deliveries[role].waits_for]
    return replace(chosen, stored=stored, roles=roles) if stored and roles else None

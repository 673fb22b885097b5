"""A task comes back: ask the shop what an object is and who it was, then queue the event."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from service.domain.delivery.schedule import EVENT_WINDOW, LOOKUP_PATIENCE
from service.domain.events.event import Event
from service.domain.events.reason import NO_DETAILS, Details, Reason
from service.domain.mapping.outcome import Outcome, Skipped
from service.domain.mapping.settle import with_person
from service.domain.mapping.table import rule_of
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord, Status
from service.domain.shop.signal import Fact
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import (
    QueueUnavailableError,
    Refusal,
    Services,
    ShopError,
    Stored,
    UnsealError,
)
from service.usecases.delivery.build_record import with_event, with_object_id, with_outcome
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.intake.look_up import look_up_record, outcome_of, postponed
from service.usecases.intake.refetch_event import refetch_event
from service.usecases.sealing import unseal_event
from service.usecases.tasks import enqueue_steps, lookup_task
from service.usecases.tenants.installed_tenant import known_tenant

# Another signal may come in between: look again, with the shop's answer of then.
_SWAPS = 5


class Resolved(StrEnum):
    """What one call did."""

    NOTHING = "nothing left to do"
    DECIDED = "decided"
    POSTPONED = "to be asked again"


def resolve_signal(tenant_id: str, event_key: str, *, services: Services) -> Resolved:
    """Find out what a received signal means, or when to ask again.

    Raises:
        StoreUnavailableError: nothing is recorded; the queue calls again.
    """
    for _ in range(_SWAPS):
        now = services.clock()
        stored = services.events.find(tenant_id, event_key)
        lookup = stored.record.lookup if stored else None
        if stored is None or lookup is None or not lookup.is_open(now):
            return Resolved.NOTHING
        after = _after(stored.record, lookup, now=now, services=services)
        schedule_recheck(after, now=now, services=services)
        if written := services.events.replace(stored, after):
            is_bulk = stored.record.is_asked_again
            _enqueue(written, now=now, services=services, is_bulk=is_bulk)
            return Resolved.POSTPONED if after.lookup else Resolved.DECIDED
    return Resolved.POSTPONED


def _after(
    record: EventRecord, lookup: Lookup, *, now: datetime, services: Services
) -> EventRecord:
    """Return the record as the shop's answer, or its silence, leaves it."""
    record = replace(record, updated_at=now)
    if record.is_asked_again:
        return refetch_event(record, lookup, now=now, services=services)
    tenant = known_tenant(record.tenant_id, services=services)
    if unwanted := why_unwanted(tenant, record.name, channel=record.channel):
        return _closed(record, Skipped(unwanted.reason, details=unwanted.details))
    try:
        return _asked(record, lookup, tenant, now=now, services=services)
    except UnsealError:
        return _closed(record, Skipped(Reason.SIGNAL_UNREADABLE))


def _asked(
    record: EventRecord, lookup: Lookup, tenant: Tenant, *, now: datetime, services: Services
) -> EventRecord:
    """Return the record as the shop's answer leaves it; UnsealError if it cannot be read back."""
    try:
        fact = look_up_record(record, lookup, services=services)
    except ShopError as error:
        return _without_answer(record, lookup, error, tenant=tenant, now=now, services=services)
    return _with_answer(record, lookup, fact, tenant=tenant, now=now, services=services)


def _with_answer(
    record: EventRecord,
    lookup: Lookup,
    fact: Fact,
    *,
    tenant: Tenant,
    now: datetime,
    services: Services,
) -> EventRecord:
    outcome: Outcome | None
    if record.is_vouched_for:
        # That it happened is known; the shop only adds who it was.
        outcome = with_person(_vouched(record, services=services), fact.person, tenant=tenant)
    else:
        outcome = outcome_of(record, lookup, fact, tenant=tenant, now=now)
    if outcome is None:
        return _unfounded(record)
    known = replace(
        record, payload=None, cleared=False, received_at=lookup.asked_at, resolved_at=now
    )
    named = with_object_id(known, rule_of(record.name), fact.id)
    return with_outcome(named, fact, outcome, tenant=tenant, services=services)


def _without_answer(
    record: EventRecord,
    lookup: Lookup,
    error: ShopError,
    *,
    tenant: Tenant,
    now: datetime,
    services: Services,
) -> EventRecord:
    if not _is_over(record, lookup, error, now=now):
        return _postponed(record, lookup, error, now=now, services=services)
    if record.is_vouched_for:
        event = _vouched(record, services=services)
        return with_event(record, event, tenant=tenant, services=services)
    if error.refusal is Refusal.NOT_FOUND:
        return _unfounded(record)
    details = Details(because=error.reason)
    return _closed(record, Skipped(Reason.NOT_LOOKED_UP, may_change=True, details=details))


def _is_over(record: EventRecord, lookup: Lookup, error: ShopError, *, now: datetime) -> bool:
    patience = LOOKUP_PATIENCE if record.is_vouched_for else EVENT_WINDOW
    # An object may be told of a moment before it can be read: ask twice.
    is_unknown = error.refusal is Refusal.NOT_FOUND and lookup.attempts > 0
    return is_unknown or now >= lookup.asked_at + patience


def _postponed(
    record: EventRecord, lookup: Lookup, error: ShopError, *, now: datetime, services: Services
) -> EventRecord:
    later = postponed(lookup, error, now=now, policy=services.retry)
    if record.state is not Status.RECEIVED:
        return replace(record, lookup=later)
    return replace(record, lookup=later, reason=error.reason, details=NO_DETAILS)


def _closed(record: EventRecord, skipped: Skipped) -> EventRecord:
    answered = replace(record, lookup=None, payload=None)
    if record.state is not Status.RECEIVED:
        return answered  # what is known of it from a trusted signal stands
    return replace(
        answered,
        state=Status.SKIPPED,
        reason=skipped.reason,
        details=skipped.details,
        may_change=skipped.may_change,
    )


def _unfounded(record: EventRecord) -> EventRecord:
    """Return the record after the shop denied what somebody claimed: as if nothing was said."""
    if record.state is Status.RECEIVED:
        return record.without_content(now=record.updated_at)
    return replace(record, lookup=None)


def _vouched(record: EventRecord, *, services: Services) -> Event:
    payload = record.payload or ""
    return unseal_event(payload, tenant_id=record.tenant_id, vault=services.vault)


def _enqueue(written: Stored, *, now: datetime, services: Services, is_bulk: bool) -> None:
    lookup = written.record.lookup
    try:
        if lookup is None:
            enqueue_steps(written.record, queue=services.queue, is_bulk=is_bulk)
        else:
            pause = (lookup.not_before or now) - now
            services.queue.enqueue(lookup_task(written.record, delay=pause, is_bulk=is_bulk))
    except QueueUnavailableError:
        return  # the record is due; the sweep finds it

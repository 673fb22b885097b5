"""Handle a look-up task: look up the signal's object at the shop, then queue the event."""

from datetime import datetime
from enum import StrEnum

from msgspec import structs

from service.domain.copies import replace
from service.domain.events.event import EVENT_WINDOW, Event
from service.domain.events.reason import NO_DETAILS, Details, Reason
from service.domain.mapping.outcome import Outcome, Skipped
from service.domain.mapping.settle import with_person
from service.domain.mapping.subscribe import has_switched_clubs
from service.domain.mapping.table import rule_of
from service.domain.records.lookup import LOOKUP_PATIENCE, Lookup
from service.domain.records.record import EventRecord, Status
from service.domain.shop.membership import Membership
from service.domain.shop.person import ClientInfo, Person
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
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.intake.build_record import with_event, with_object_id, with_outcome
from service.usecases.intake.look_up import look_up_record, outcome_of, postponed
from service.usecases.intake.refetch_event import refetch_event
from service.usecases.sealing import unseal_event
from service.usecases.tasks import enqueue_steps, lookup_task
from service.usecases.tenants.installed_tenant import known_tenant

# Another signal may write the record in between: look the object up again then.
_SWAPS = 5


class Resolved(StrEnum):
    """The result of one call."""

    NOTHING = "nothing left to do"
    DECIDED = "decided"
    POSTPONED = "to be asked again"


def resolve_signal(tenant_id: str, event_key: str, *, services: Services) -> Resolved:
    """Do the record's open look-up, and record the outcome or the time of the next try.

    Raises:
        StoreUnavailableError: nothing is recorded; the queue calls again.
    """
    for _ in range(_SWAPS):
        now = services.clock()
        stored = services.events.find(tenant_id, event_key)
        lookup = stored.record.lookup if stored else None
        if stored is None or lookup is None or not lookup.is_open(now):
            return Resolved.NOTHING
        after = _after_lookup(stored.record, lookup, now=now, services=services)
        schedule_recheck(after, now=now, services=services)
        if written := services.events.replace(stored, after):
            _enqueue(written, now=now, services=services, is_bulk=stored.record.needs_refetch)
            return Resolved.POSTPONED if after.lookup else Resolved.DECIDED
    return Resolved.POSTPONED


def _after_lookup(
    record: EventRecord, lookup: Lookup, *, now: datetime, services: Services
) -> EventRecord:
    """Return the record after the look-up, or closed if its event is not wanted any more."""
    record = replace(record, updated_at=now)
    if record.needs_refetch:
        return refetch_event(record, lookup, now=now, services=services)
    tenant = known_tenant(record.tenant_id, services=services)
    if unwanted := why_unwanted(tenant, record.name, channel=record.channel):
        return _closed(record, Skipped(unwanted.reason, details=unwanted.details))
    try:
        return _looked_up(record, lookup, tenant, now=now, services=services)
    except UnsealError:
        return _closed(record, Skipped(Reason.SIGNAL_UNREADABLE))


def _looked_up(
    record: EventRecord, lookup: Lookup, tenant: Tenant, *, now: datetime, services: Services
) -> EventRecord:
    """Return the record after the look-up; UnsealError if its sealed parts cannot be read."""
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
    if record.is_trusted:
        # The event is proven; the look-up only adds the customer's data.
        event = _proven_event(record, services=services)
        outcome = with_person(event, _with_browser_of(event, fact.person), tenant=tenant)
        if isinstance(fact, Membership) and has_switched_clubs(fact):
            outcome = Skipped(Reason.SWITCHED_CLUBS)
    else:
        outcome = outcome_of(record, lookup, fact, tenant=tenant, now=now)
    if outcome is None and record.state is Status.WAITING:
        outcome = Skipped(Reason.NO_LONGER_SO, may_change=True)
    if outcome is None:
        return _unconfirmed(record)
    received_at = lookup.asked_at if record.cleared else record.received_at
    known = replace(
        record,
        payload=None,
        cleared=False,
        is_unconfirmed=False,
        received_at=received_at,
        resolved_at=now,
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
    if not _is_last_try(record, lookup, error, now=now):
        return _postponed(record, lookup, error, now=now, services=services)
    if record.is_trusted:
        event = _proven_event(record, services=services)
        return with_event(record, event, tenant=tenant, services=services)
    if error.refusal is Refusal.NOT_FOUND:
        return _unconfirmed(record)
    details = Details(because=error.reason)
    return _closed(record, Skipped(Reason.NOT_LOOKED_UP, may_change=True, details=details))


def _is_last_try(record: EventRecord, lookup: Lookup, error: ShopError, *, now: datetime) -> bool:
    patience = LOOKUP_PATIENCE if record.is_trusted else EVENT_WINDOW
    # A webhook may arrive a moment before its object can be read: look it up twice.
    is_unknown = error.refusal is Refusal.NOT_FOUND and lookup.attempts > 0
    is_in_vain = is_unknown or error.refusal is Refusal.OUR_FAULT
    return is_in_vain or now >= lookup.asked_at + patience


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
        return answered  # the state that a trusted signal gave it stands
    return replace(
        answered,
        state=Status.SKIPPED,
        reason=skipped.reason,
        details=skipped.details,
        may_change=skipped.may_change,
    )


def _unconfirmed(record: EventRecord) -> EventRecord:
    """Return the record after the shop did not confirm an unproven webhook: as if none had come."""
    if record.state is Status.RECEIVED:
        return replace(record.without_content(now=record.updated_at), is_unconfirmed=True)
    return replace(record, lookup=None)


def _proven_event(record: EventRecord, *, services: Services) -> Event:
    payload = record.payload or ""
    return unseal_event(payload, tenant_id=record.tenant_id, vault=services.vault)


def _with_browser_of(event: Event, person: Person) -> Person:
    """Return the person with the event's browser: the object's own may be a staff member's."""
    seen = ClientInfo(ip=event.identity.ip, user_agent=event.identity.user_agent)
    return structs.replace(person, connection=seen)


def _enqueue(written: Stored, *, now: datetime, services: Services, is_bulk: bool) -> None:
    lookup = written.record.lookup
    try:
        if lookup is None:
            enqueue_steps(written.record, queue=services.queue, is_bulk=is_bulk)
        elif not lookup.is_planned:  # a planned look-up is left to the sweep: a task keeps 30 days
            pause = (lookup.not_before or now) - now
            services.queue.enqueue(lookup_task(written.record, delay=pause))
    except QueueUnavailableError:
        return  # the record is due; the sweep finds it

"""Erase one customer's waiting events, at a winery's request."""

from datetime import datetime

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.browser_signal import JoinKey
from service.domain.events.event import EventName, Identity
from service.domain.events.idempotency import event_key
from service.domain.events.identify import identify
from service.domain.events.reason import Reason
from service.domain.identity import hashed, normalize_email, normalize_external_id
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord, Status
from service.domain.shop.signal import ObjectKind
from service.ports import Refusal, Services, ShopError, Stored, UnsealError
from service.usecases.delivery.refetch import refetch_lookup
from service.usecases.eventlog.open_records import open_records
from service.usecases.intake.look_up import look_up_record
from service.usecases.sealing import stored_marks, unseal_event


class Erased(Struct, frozen=True, kw_only=True):
    """How many waiting events were erased, and of how many the customer could not be looked up."""

    events: int
    unknown: int = 0


def erase_customer(
    tenant_id: str,
    *,
    email: str | None,
    customer_id: str | None,
    services: Services,
    look_up_until: datetime | None = None,
) -> Erased:
    """Skip and empty every unfinished event of this customer, and forget their visits and clicks.

    Events are matched by the hashes that Meta gets; open look-ups are done now, and so are those of
    events whose data was dropped for its age. After `look_up_until` these count as unknown.
    Finished events hold no personal data, and what Meta has received can only be deleted there.
    Locks stay, so that nothing is sent a second time.

    Raises:
        StoreUnavailableError: some events may be left; do it again.
    """
    normal = normalize_email(email or "")
    wanted = {
        hashed(value) for value in (normal, normalize_external_id(customer_id or "")) if value
    }
    erased = unknown = 0
    for stored in open_records(tenant_id, services=services):
        known = _hashes(stored, services=services)
        lookup = _lookup(stored.record, services=services)
        if lookup and not wanted & known:
            is_late = look_up_until is not None and services.clock() >= look_up_until
            found = None if is_late else _looked_up(stored, lookup, services=services)
            unknown += found is None
            known |= found or set()
        if wanted & known:
            erased += _empty(stored, services=services)
    erased += _registrations(tenant_id, customer_id or "", services=services)
    _drop_signals(tenant_id, email=normal, customer_id=customer_id, services=services)
    return Erased(events=erased, unknown=unknown)


def _drop_signals(
    tenant_id: str, *, email: str | None, customer_id: str | None, services: Services
) -> None:
    """Delete the browser signals and clicks that name the customer."""
    normal_id = normalize_external_id(customer_id or "")
    named = [(JoinKey.EMAIL, email), (JoinKey.CUSTOMER, normal_id)]
    marks = [(key, hashed(value)) for key, value in named if value]
    stored = stored_marks(marks, tenant_id=tenant_id, vault=services.vault)
    services.browser_signals.drop(tenant_id, stored)


def _lookup(record: EventRecord, *, services: Services) -> Lookup | None:
    """Return the look-up that the record has, or will have before its event is sent."""
    now = services.clock()
    is_dropped = record.is_dropped_but_wanted(now)
    return refetch_lookup(record, at=now, services=services) if is_dropped else record.lookup


def _looked_up(stored: Stored, lookup: Lookup, *, services: Services) -> set[str] | None:
    """Return the hashes of the customer of an open look-up; `None` if Commerce7 does not answer."""
    try:
        person = look_up_record(stored.record, lookup, services=services).person
    except ShopError as error:
        return set() if error.refusal is Refusal.NOT_FOUND else None
    except UnsealError:
        return set()
    return _hashes_of(identify(person, is_seen_online=False))


def _hashes(stored: Stored, *, services: Services) -> set[str]:
    record = stored.record
    if record.payload is None:
        return set()
    try:
        event = unseal_event(record.payload, tenant_id=record.tenant_id, vault=services.vault)
    except UnsealError:
        return set()  # it cannot be unsealed, so it will not be sent either
    return _hashes_of(event.identity)


def _hashes_of(identity: Identity) -> set[str]:
    return {*identity.hashed_emails, *identity.hashed_external_ids}


def _registrations(tenant_id: str, customer_id: str, *, services: Services) -> int:
    """Empty this customer's sign-up, whose key is a hash of the id as Commerce7 spells it."""
    spellings = sorted({customer_id, customer_id.lower(), customer_id.upper()} - {""})
    erased = 0
    for object_id in spellings:
        name = EventName.COMPLETE_REGISTRATION
        key = event_key(tenant_id, kind=ObjectKind.CUSTOMER, object_id=object_id, name=name)
        stored = services.events.find(tenant_id, key)
        if stored and not stored.record.cleared:
            had_to_wait = stored.record.is_open or stored.record.due_at is not None
            erased += _empty(stored, services=services) and had_to_wait
    return erased


def _empty(stored: Stored, *, services: Services) -> bool:
    """Empty the record but for its lock; repeat if another process writes in between."""
    current: Stored | None = stored
    while current:
        now = services.clock()
        bare = current.record.given_up(Reason.ERASED, now=now).without_content(now=now)
        # "Skipped", so that no later webhook turns it into an event after all.
        if services.events.replace(current, replace(bare, state=Status.SKIPPED)):
            return True
        current = services.events.find(current.record.tenant_id, current.record.key)
    return False

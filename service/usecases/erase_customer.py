"""Forget one person at a winery's wish: whatever of them still waits to be sent."""

from dataclasses import replace

from service.domain.event import EventName, Identity
from service.domain.idempotency import event_key
from service.domain.identity import hashed, normalize_email, normalize_external_id
from service.domain.record import Status
from service.domain.signal import ObjectKind
from service.ports import Services, Stored, UnsealError
from service.usecases.open_records import open_records
from service.usecases.payload import unseal_event

ERASED = "erased at the person's wish"


def erase_customer(
    tenant_id: str, *, email: str | None, customer_id: str | None, services: Services
) -> int:
    """Skip and empty every event of this person that is not finished, and return how many.

    They are known by hash alone, as Meta knows them. What is finished holds nothing of a person,
    and what Meta has can only be deleted there. Locks stay, so that nothing is sent anew.

    Raises:
        StoreUnavailableError: some of it may be left; do it again.
    """
    normal = normalize_email(email or "")
    wanted = {
        hashed(value) for value in (normal, normalize_external_id(customer_id or "")) if value
    }
    erased = 0
    for stored in open_records(tenant_id, services=services):
        if wanted & _hashes(stored, services=services):
            erased += _empty(stored, services=services)
    return erased + _registrations(tenant_id, customer_id or "", services=services)


def _hashes(stored: Stored, *, services: Services) -> set[str]:
    record = stored.record
    if record.payload is None:
        return set()
    try:
        event = unseal_event(record.payload, tenant_id=record.tenant_id, vault=services.vault)
    except UnsealError:
        return set()  # nobody can read it, and nothing of it will be sent
    return _known_by(event.identity)


def _known_by(identity: Identity) -> set[str]:
    return {*identity.hashed_emails, *identity.hashed_external_ids}


def _registrations(tenant_id: str, customer_id: str, *, services: Services) -> int:
    """Empty the sign-up of this customer, whose lock is made of the id as Commerce7 spells it."""
    spellings = sorted({customer_id, customer_id.lower(), customer_id.upper()} - {""})
    erased = 0
    for object_id in spellings:
        name = EventName.COMPLETE_REGISTRATION
        key = event_key(tenant_id, kind=ObjectKind.CUSTOMER, object_id=object_id, name=name)
        stored = services.events.find(tenant_id, key)
        if stored and not stored.record.cleared:
            erased += _empty(stored, services=services)
    return erased


def _empty(stored: Stored, *, services: Services) -> bool:
    """Leave the lock alone; whoever writes in between is asked again."""
    current: Stored | None = stored
    while current:
        now = services.clock()
        bare = current.record.given_up(ERASED, now=now).without_content(now=now)
        # No later webhook may make an event of it: that would be sent as if nothing had been asked.
        if services.events.replace(current, replace(bare, state=Status.SKIPPED)):
            return True
        current = services.events.find(current.record.tenant_id, current.record.key)
    return False

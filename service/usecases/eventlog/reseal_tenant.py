"""Reseal a tenant's texts with the newest key, so that older keys can be destroyed."""

from msgspec import Struct

from service.domain.copies import replace
from service.domain.tenants.tenant import Role
from service.ports import Services, Stored, UnsealError
from service.usecases.eventlog.open_records import open_records


class Resealed(Struct, frozen=True, kw_only=True):
    """How many texts were resealed, and how many no key opens."""

    resealed: int
    unreadable: int


def reseal_tenant(tenant_id: str, *, services: Services) -> Resealed:
    """Reseal the tenant's tokens, waiting events and ids of open look-ups.

    Browser signals are left out: they expire within half an hour, and a remembered click within 90
    days; it is lost if the key that sealed it is destroyed before.

    Raises:
        StoreUnavailableError: some texts are left; do it again.
    """
    resealed = unreadable = 0
    for role in Role:
        sealed = services.tenants.sealed_token(tenant_id, role)
        if sealed is None:
            continue
        try:
            fresh = services.vault.reseal(tenant_id, sealed)
        except UnsealError:
            unreadable += 1
        else:
            resealed += _put(tenant_id, role, fresh, over=sealed, services=services)
    for stored in open_records(tenant_id, services=services):
        try:
            resealed += _reseal_record(stored, services=services)
        except UnsealError:
            unreadable += 1
    return Resealed(resealed=resealed, unreadable=unreadable)


def _put(tenant_id: str, role: Role, fresh: str, *, over: str, services: Services) -> bool:
    # A token that was entered in between is sealed with the newest key already.
    return services.tenants.update_token(
        tenant_id, role, lambda there: fresh if there == over else there
    )


def _reseal_record(stored: Stored, *, services: Services) -> bool:
    current: Stored | None = stored
    while current:
        record = current.record
        if record.payload is None and record.lookup is None:
            return False
        reseal = services.vault.reseal
        payload = record.payload and reseal(record.tenant_id, record.payload)
        lookup = record.lookup and replace(
            record.lookup, sealed_id=reseal(record.tenant_id, record.lookup.sealed_id)
        )
        if services.events.replace(current, replace(record, payload=payload, lookup=lookup)):
            return True
        current = services.events.find(record.tenant_id, record.key)
    return False

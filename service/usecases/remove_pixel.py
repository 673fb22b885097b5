"""Take a pixel away: its id, and its token with it."""

from service.domain.audit import AuditEntry, changes_between, token_removed
from service.domain.staff import StaffMember
from service.domain.tenant import Role
from service.ports import Services
from service.usecases.pixel_state import promise_release, release_waiting


def remove_pixel(tenant_id: str, role: Role, *, by: StaffMember, services: Services) -> None:
    """Forget the role's pixel and its token; deliveries that wait for it are skipped at once.

    The settings first: they must never name a pixel that has lost its token. The audit entry before
    both, as with every other change. Doing it again is safe.

    Raises:
        StoreUnavailableError: some of it may be left; do it again.
    """
    known = services.tenants.find(tenant_id)
    if known is None:
        return
    after = known.choices.without(role)
    changes = changes_between(known.choices, after, new_tokens=())
    if services.tenants.sealed_token(tenant_id, role) is not None:
        changes = (*changes, token_removed(role))
    if not changes:
        return
    now = services.clock()
    entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
    services.audit.add(tenant_id, entry)
    promise_release(tenant_id, now=now, services=services, roles=[role])
    services.tenants.save_settings(tenant_id, after)
    services.tenants.remove_token(tenant_id, role)
    release_waiting(tenant_id, now=now, services=services, roles=[role], renewed=[role])

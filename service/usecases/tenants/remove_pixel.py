"""Remove a pixel: its id and its token."""

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import reconnected
from service.domain.shop.staff import StaffMember
from service.domain.tenants.audit import AuditEntry, changes_between, token_removed
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services
from service.usecases.tenants.change_tenant import change_known_tenant


def remove_pixel(tenant_id: str, role: Role, *, by: StaffMember, services: Services) -> None:
    """Remove the role's pixel and its token; deliveries that wait for it are skipped at once.

    The settings are written first, so that they never name a pixel without its token. The audit
    entry is written before both, as with every other change. Doing it again is safe.

    Raises:
        StoreUnavailableError: some of it may be left; do it again.
    """
    known = services.tenants.find(tenant_id)
    if known is None:
        return
    changes = changes_between(known.choices, known.choices.without(role), new_tokens=())
    if services.tenants.sealed_token(tenant_id, role) is not None:
        changes = (*changes, token_removed(role))
    if not changes:
        return
    now = services.clock()
    entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
    services.audit.add(tenant_id, entry)

    def without(tenant: Tenant) -> Tenant:
        left = replace(tenant, choices=tenant.choices.without(role))
        return left.with_breaker(role, reconnected(tenant.breaker(role), now=now))

    change_known_tenant(tenant_id, without, now=now, services=services)
    services.tenants.update_token(tenant_id, role, lambda _: None)

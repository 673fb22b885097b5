"""Change a tenant and trigger the follow-up work.

A change that may release waiting deliveries requests a recheck in the same write, so the sweep
finds it even if the process dies right after.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.records.waiting import may_let_go
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Change, QueueUnavailableError, Services, Updated
from service.usecases.tasks import release_task
from service.usecases.tenants.schedule_alerts import schedule_alerts_check


def change_tenant(tenant_id: str, change: Change, *, now: datetime, services: Services) -> Updated:
    """Apply the change to the tenant, write it, and enqueue a recheck or alerts check if needed.

    Raises:
        StoreUnavailableError: the change may not be written.
    """

    def changed(before: Tenant | None) -> Tenant | None:
        after = change(before)
        if before is None or after is None or not may_let_go(before, after):
            return after
        return replace(after, recheck=after.recheck.requested(now=now))

    updated = services.tenants.update(tenant_id, changed)
    if updated.before and updated.after:
        _follow(updated.before, updated.after, now=now, services=services)
    return updated


def change_known_tenant(
    tenant_id: str, change: Callable[[Tenant], Tenant], *, now: datetime, services: Services
) -> Updated:
    """Do the same as `change_tenant`, but only for a tenant that we know.

    Raises:
        StoreUnavailableError: the change may not be written.
    """
    return change_tenant(
        tenant_id, lambda known: change(known) if known else None, now=now, services=services
    )


def change_breaker(
    tenant_id: str,
    role: Role,
    change: Callable[[Breaker], Breaker],
    *,
    now: datetime,
    services: Services,
) -> Updated:
    """Apply the change to the circuit breaker of the role's pixel, and write it.

    Raises:
        StoreUnavailableError: the change may not be written.
    """

    def changed(tenant: Tenant) -> Tenant:
        return tenant.with_breaker(role, change(tenant.breaker(role)))

    return change_known_tenant(tenant_id, changed, now=now, services=services)


def _follow(before: Tenant, after: Tenant, *, now: datetime, services: Services) -> None:
    is_requested = after.recheck != before.recheck and after.recheck.is_due(now)
    if is_requested:
        with suppress(QueueUnavailableError):  # it is due, and found by the sweep
            services.queue.enqueue(release_task(after.id, due_at=now, by=services.new_id()))
    states = [[tenant.breaker(role).state for role in Role] for tenant in (before, after)]
    if states[0] != states[1] or before.settings != after.settings:
        schedule_alerts_check(after, now=now, services=services)

"""Record reports that a winery has installed or uninstalled us. They may be forged."""

from contextlib import suppress
from datetime import datetime, timedelta

from service.domain.copies import replace
from service.domain.tenants.installation import Installation, install_reported, uninstall_reported
from service.domain.tenants.new_tenant import new_tenant
from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services, Updated
from service.usecases.tasks import installation_task, shop_task
from service.usecases.tenants.change_tenant import change_known_tenant, change_tenant


def record_install(
    tenant_id: str,
    *,
    is_proven: bool,
    now: datetime,
    services: Services,
    refused_at: datetime | None = None,
) -> Installation:
    """Record the installation; unless the report `is_proven`, an access check comes first.

    Doing it again changes nothing; settings and log of an earlier installation are kept.
    `refused_at` is when Commerce7 last refused us for this winery, if that is remembered.

    Raises:
        StoreUnavailableError: nothing is recorded; Commerce7 must report it again.
    """

    def installed(tenant: Tenant | None) -> Tenant:
        known = tenant.installation if tenant else None
        grace = services.uninstall_grace
        reported = install_reported(
            known, is_proven=is_proven, now=now, grace=grace, refused_at=refused_at
        )
        return (tenant or new_tenant(tenant_id, now=now)).with_installation(reported, now=now)

    updated = change_tenant(tenant_id, installed, now=now, services=services)
    _enqueue_after(updated, now=now, services=services)
    return (updated.after or installed(updated.before)).installation


def record_uninstall(tenant_id: str, *, now: datetime, services: Services) -> Installation | None:
    """Record the report, and schedule an access check; `None` for a winery that we do not know.

    Raises:
        StoreUnavailableError: nothing is recorded; Commerce7 must report it again.
    """

    def with_report(tenant: Tenant) -> Tenant:
        return replace(tenant, installation=uninstall_reported(tenant.installation, now=now))

    updated = change_known_tenant(tenant_id, with_report, now=now, services=services)
    _enqueue_after(updated, now=now, services=services)
    return updated.after.installation if updated.after else None


def _enqueue_after(updated: Updated, *, now: datetime, services: Services) -> None:
    """Enqueue what the report made due; a repeated one makes nothing due."""
    before, tenant = updated.before, updated.after
    if tenant is None or tenant == before:
        return
    check_at = tenant.installation.check_at
    with suppress(QueueUnavailableError):  # what is due is found by the sweep
        if check_at is None:
            if tenant.is_shop_due(now):
                services.queue.enqueue(shop_task(tenant.id, due_at=tenant.shop_due_at))
        elif before is None or check_at != before.installation.check_at:
            delay = max(check_at - now, timedelta(0))
            services.queue.enqueue(installation_task(tenant.id, due_at=check_at, delay=delay))

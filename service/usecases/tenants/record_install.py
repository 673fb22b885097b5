"""Record reports that a winery has installed or uninstalled us. They may be forged."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from service.domain.tenants.installation import Installation, install_reported, uninstall_reported
from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import installation_task, shop_task
from service.usecases.tenants.change_tenant import change_known_tenant, change_tenant


def record_install(
    tenant_id: str, *, is_proven: bool, now: datetime, services: Services
) -> Installation:
    """Record the installation; unless the report `is_proven`, an access check comes first.

    Doing it again changes nothing; settings and log of an earlier installation are kept.

    Raises:
        StoreUnavailableError: nothing is recorded; Commerce7 must report it again.
    """

    def installed(tenant: Tenant | None) -> Tenant:
        known = tenant.installation if tenant else None
        grace = services.uninstall_grace
        reported = install_reported(known, is_proven=is_proven, now=now, grace=grace)
        return (tenant or Tenant(id=tenant_id)).with_installation(reported, now=now)

    updated = change_tenant(tenant_id, installed, now=now, services=services)
    after = updated.after or installed(updated.before)
    _enqueue(after, now=now, services=services)
    return after.installation


def record_uninstall(tenant_id: str, *, now: datetime, services: Services) -> Installation | None:
    """Record the report, and schedule an access check; `None` for a winery that we do not know.

    Raises:
        StoreUnavailableError: nothing is recorded; Commerce7 must report it again.
    """

    def with_report(tenant: Tenant) -> Tenant:
        return replace(tenant, installation=uninstall_reported(tenant.installation, now=now))

    updated = change_known_tenant(tenant_id, with_report, now=now, services=services)
    if updated.after is None:
        return None
    if updated.after != updated.before:
        _enqueue(updated.after, now=now, services=services)
    return updated.after.installation


def _enqueue(tenant: Tenant, *, now: datetime, services: Services) -> None:
    with suppress(QueueUnavailableError):  # what is due is found by the sweep
        if tenant.installation.check_at:
            services.queue.enqueue(installation_task(tenant.id, due_at=now))
        elif tenant.is_shop_due(now):
            services.queue.enqueue(shop_task(tenant.id, due_at=tenant.shop_due_at))

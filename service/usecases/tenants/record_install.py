"""Commerce7, or somebody in its name, tells that a winery has installed or uninstalled us."""

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
    """Install the winery, or have Commerce7 asked first where the caller proved nothing.

    Doing it again changes nothing; settings and log of an earlier installation are kept.

    Raises:
        StoreUnavailableError: nothing is noted; Commerce7 must tell again.
    """

    def told(tenant: Tenant | None) -> Tenant:
        known = tenant.installation if tenant else None
        grace = services.uninstall_grace
        noted = install_reported(known, is_proven=is_proven, now=now, grace=grace)
        return replace(tenant or Tenant(id=tenant_id), installation=noted)

    updated = change_tenant(tenant_id, told, now=now, services=services)
    installed = updated.after or told(updated.before)
    _enqueue(installed, now=now, services=services)
    return installed.installation


def record_uninstall(tenant_id: str, *, now: datetime, services: Services) -> Installation | None:
    """Have Commerce7 asked whether it is so; `None` for a winery that we do not know.

    Raises:
        StoreUnavailableError: nothing is noted; Commerce7 must tell again.
    """

    def told(tenant: Tenant) -> Tenant:
        return replace(tenant, installation=uninstall_reported(tenant.installation, now=now))

    updated = change_known_tenant(tenant_id, told, now=now, services=services)
    if updated.after is None:
        return None
    if updated.after != updated.before:
        _enqueue(updated.after, now=now, services=services)
    return updated.after.installation


def _enqueue(tenant: Tenant, *, now: datetime, services: Services) -> None:
    with suppress(QueueUnavailableError):  # what is due is found by the sweep
        if tenant.installation.check_at:
            services.queue.enqueue(installation_task(tenant.id, due_at=now))
        elif not tenant.was_shop_asked:
            services.queue.enqueue(shop_task(tenant.id, due_at=now))

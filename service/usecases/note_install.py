"""Commerce7, or somebody in its name, tells that a winery has installed or uninstalled us."""

from contextlib import suppress
from datetime import datetime

from service.domain.installation import (
    Installation,
    ends_hold,
    told_of_install,
    told_of_uninstall,
)
from service.domain.tenant import Tenant
from service.ports import QueueUnavailableError, Services
from service.usecases.pixel_state import promise_release, release_waiting
from service.usecases.tasks import installation_task, shop_task


def note_install(
    tenant_id: str, *, is_proven: bool, now: datetime, services: Services
) -> Installation:
    """Install the winery, or have Commerce7 asked first where the caller proved nothing.

    Doing it again changes nothing; settings and log of an earlier installation are kept.

    Raises:
        StoreUnavailableError: nothing is noted; Commerce7 must tell again.
    """
    while True:
        tenant = services.tenants.find(tenant_id)
        known = tenant.installation if tenant else None
        grace = services.uninstall_grace
        noted = told_of_install(known, is_proven=is_proven, now=now, grace=grace)
        is_freed = ends_hold(known, noted)
        if is_freed:
            promise_release(tenant_id, now=now, services=services)
        if known is None:
            services.tenants.save_installation(tenant_id, noted)
            break
        if noted == known or services.tenants.replace_installation(tenant_id, noted, over=known):
            break
    if is_freed:
        release_waiting(tenant_id, now=now, services=services)
    _enqueue(tenant_id, tenant, noted, now=now, services=services)
    return noted


def note_uninstall(tenant_id: str, *, now: datetime, services: Services) -> Installation | None:
    """Have Commerce7 asked whether it is so; `None` for a winery that we do not know.

    Raises:
        StoreUnavailableError: nothing is noted; Commerce7 must tell again.
    """
    while tenant := services.tenants.find(tenant_id):
        known = tenant.installation
        noted = told_of_uninstall(known, now=now)
        if noted == known:
            return noted
        if services.tenants.replace_installation(tenant_id, noted, over=known):
            _enqueue(tenant_id, tenant, noted, now=now, services=services)
            return noted
    return None


def _enqueue(
    tenant_id: str,
    tenant: Tenant | None,
    noted: Installation,
    *,
    now: datetime,
    services: Services,
) -> None:
    with suppress(QueueUnavailableError):  # what is due is found by the sweep
        if noted.check_at:
            services.queue.enqueue(installation_task(tenant_id, due_at=now))
        elif tenant is None or tenant.shop_due_at is None:
            services.queue.enqueue(shop_task(tenant_id, due_at=now))

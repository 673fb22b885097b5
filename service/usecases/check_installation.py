"""Ask Commerce7 whether it lets us in for a winery, and act on the answer."""

from contextlib import suppress
from datetime import datetime

from service.domain.installation import (
    Access,
    Installation,
    checked,
    cleared_out,
    ends_hold,
)
from service.domain.tenant import Tenant
from service.ports import QueueUnavailableError, Refusal, Services, ShopError
from service.usecases.erase_tenant import erase_log, erase_tenant
from service.usecases.pixel_state import promise_release, release_waiting
from service.usecases.tasks import installation_task, shop_task

UNINSTALLED = "uninstalled"
_MOST_ROWS = 500


def check_installation(
    tenant_id: str, *, now: datetime, services: Services, is_waited_for: bool = False
) -> Installation | None:
    """Do what is due for the installation; `None` if there is none (any more).

    While somebody of a winery that seems to have no app of ours waits (`is_waited_for`), Commerce7
    is asked even if that is not due.

    Raises:
        StoreUnavailableError: some of it is left; it stays due.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return None
    known = tenant.installation
    if known.is_to_be_cleared_out and not is_waited_for:
        return _cleared_out(tenant, now=now, services=services)
    if is_waited_for or (known.check_at and known.check_at <= now):
        access = _access(tenant_id, services=services)
        after = checked(known, access, now=now, grace=services.uninstall_grace)
        return _become(tenant, after, now=now, services=services)
    if known.purge_at and known.purge_at <= now:
        return _purged(tenant, now=now, services=services)
    return known


def _access(tenant_id: str, *, services: Services) -> Access:
    try:
        services.shops.admit(tenant_id)
    except ShopError as error:
        return Access.REFUSED if error.refusal is Refusal.NOT_ALLOWED else Access.UNKNOWN
    return Access.GRANTED


def _become(
    tenant: Tenant, after: Installation, *, now: datetime, services: Services
) -> Installation | None:
    """Write the installation, unless it was told of anew while Commerce7 was asked."""
    before = tenant.installation
    is_freed = ends_hold(before, after)
    if is_freed:
        promise_release(tenant.id, now=now, services=services)
    if not services.tenants.replace_installation(tenant.id, after, over=before):
        current = services.tenants.find(tenant.id)
        return current.installation if current else None
    if after.is_to_be_cleared_out:
        removed = services.tenants.find(tenant.id)
        return _cleared_out(removed, now=now, services=services) if removed else None
    if is_freed:
        release_waiting(tenant.id, now=now, services=services)
    _enqueue(tenant, after, now=now, services=services)
    return after


def _cleared_out(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    """Delete the tokens of a winery that left and skip what still waits, at most 500 at a time.

    It is marked as removed before: nothing is taken in or sent meanwhile, and what is cut off
    here stays due.
    """
    known = tenant.installation
    if not known.is_to_be_cleared_out:
        return known
    services.tenants.remove_tokens(tenant.id)
    batch = services.events.open(tenant.id, after=None, limit=_MOST_ROWS)
    for stored in batch:
        services.events.replace(stored, stored.record.given_up(UNINSTALLED, now=now))
    if len(batch) < _MOST_ROWS:
        after = cleared_out(known)
        if services.tenants.replace_installation(tenant.id, after, over=known):
            return after
        current = services.tenants.find(tenant.id)
        return current.installation if current else None
    with suppress(QueueUnavailableError):  # what is not enqueued is due, and found by the sweep
        services.queue.enqueue(installation_task(tenant.id, due_at=now))
    return known


def _purged(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    if erase_log(tenant.id, most=_MOST_ROWS, services=services) < _MOST_ROWS:
        erase_tenant(tenant.id, services=services)
        return None
    with suppress(QueueUnavailableError):
        services.queue.enqueue(installation_task(tenant.id, due_at=now))
    return tenant.installation


def _enqueue(tenant: Tenant, after: Installation, *, now: datetime, services: Services) -> None:
    # What is not enqueued is due, and found by the sweep.
    with suppress(QueueUnavailableError):
        if after.check_at:
            delay = after.check_at - now
            task = installation_task(tenant.id, due_at=after.check_at, delay=delay)
            services.queue.enqueue(task)
        if after.is_installed and tenant.shop_due_at is None:
            services.queue.enqueue(shop_task(tenant.id, due_at=now))

"""Check whether Commerce7 grants us access to a winery, and act on the answer."""

from contextlib import suppress
from datetime import datetime

from service.domain.events.reason import Reason
from service.domain.tenants.installation import (
    Access,
    Installation,
    checked,
    cleared_out,
)
from service.domain.tenants.tenant import Role, Tenant
from service.ports import QueueUnavailableError, Refusal, Services, ShopError
from service.usecases.tasks import installation_task, shop_task
from service.usecases.tenants.change_tenant import change_known_tenant
from service.usecases.tenants.erase_tenant import erase_log, erase_tenant

_MOST_ROWS = 500


def check_installation(
    tenant_id: str, *, now: datetime, services: Services, is_waited_for: bool = False
) -> Installation | None:
    """Do the installation's due work, and return its new state; `None` if there is none (any more).

    The work is an access check, a clear-out of tokens and waiting events, or a purge. Set
    `is_waited_for` while a staff member waits for the answer: access is then checked, due or not.

    Raises:
        StoreUnavailableError: some work is left; it stays due.
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
        return _apply(tenant, after, now=now, services=services)
    if known.purge_at and known.purge_at <= now:
        return _purged(tenant, now=now, services=services)
    return known


def _access(tenant_id: str, *, services: Services) -> Access:
    try:
        services.shops.check_access(tenant_id)
    except ShopError as error:
        return Access.REFUSED if error.refusal is Refusal.NOT_ALLOWED else Access.UNKNOWN
    return Access.GRANTED


def _apply(
    tenant: Tenant, after: Installation, *, now: datetime, services: Services
) -> Installation | None:
    """Write the installation and continue, unless it has changed during the access check."""
    current = _replaced(tenant, after, now=now, services=services)
    if current is None or current.installation != after:
        return current.installation if current else None
    if after.is_to_be_cleared_out:
        return _cleared_out(current, now=now, services=services)
    _enqueue(current, after, now=now, services=services)
    return after


def _replaced(
    tenant: Tenant, after: Installation, *, now: datetime, services: Services
) -> Tenant | None:
    """Write the installation, unless it has changed since it was read; return the tenant."""

    def change(known: Tenant) -> Tenant:
        is_same = known.installation == tenant.installation
        return known.with_installation(after, now=now) if is_same else known

    return change_known_tenant(tenant.id, change, now=now, services=services).after


def _cleared_out(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    """Delete a removed winery's tokens and skip its waiting events, at most 500 in one call.

    The installation is marked as removed already: nothing is received or sent meanwhile, and
    interrupted work stays due. The mark is read again after the tokens and events, so a winery that
    has come back in between keeps them.
    """
    tokens = {role: services.tenants.sealed_token(tenant.id, role) for role in Role}
    batch = services.events.open(tenant.id, after=None, limit=_MOST_ROWS)
    current = services.tenants.find(tenant.id)
    if current is None or not current.installation.is_to_be_cleared_out:
        return current.installation if current else None
    for role, sealed in tokens.items():
        _forget_token(tenant.id, role, sealed, services=services)
    given_up = [(stored, stored.record.given_up(Reason.UNINSTALLED, now=now)) for stored in batch]
    services.events.replace_all(given_up)
    if len(batch) < _MOST_ROWS:
        after = cleared_out(current.installation)
        done = _replaced(current, after, now=now, services=services)
        return done.installation if done else None
    with suppress(QueueUnavailableError):  # what is not enqueued is due, and found by the sweep
        services.queue.enqueue(installation_task(tenant.id, due_at=now))
    return current.installation


def _forget_token(tenant_id: str, role: Role, sealed: str | None, *, services: Services) -> None:
    services.tenants.update_token(tenant_id, role, lambda there: None if there == sealed else there)


def _purged(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    """Erase the winery's data, unless it has come back since it was read."""
    if erase_log(tenant.id, most=_MOST_ROWS, services=services) < _MOST_ROWS:
        known = tenant.installation
        erase_tenant(tenant.id, services=services, only_if=lambda at: at.installation == known)
        current = services.tenants.find(tenant.id)
        return current.installation if current else None
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
        if after.is_installed and tenant.is_shop_due(now):
            services.queue.enqueue(shop_task(tenant.id, due_at=tenant.shop_due_at))

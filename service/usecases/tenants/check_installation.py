"""Ask Commerce7 whether it lets us in for a winery, and act on the answer."""

from contextlib import suppress
from dataclasses import replace
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
        services.shops.check_access(tenant_id)
    except ShopError as error:
        return Access.REFUSED if error.refusal is Refusal.NOT_ALLOWED else Access.UNKNOWN
    return Access.GRANTED


def _become(
    tenant: Tenant, after: Installation, *, now: datetime, services: Services
) -> Installation | None:
    """Write the installation, unless it was told of anew while Commerce7 was asked."""
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
    """Return the tenant with this installation, unless that has changed since it was read."""

    def change(known: Tenant) -> Tenant:
        is_same = known.installation == tenant.installation
        return replace(known, installation=after) if is_same else known

    return change_known_tenant(tenant.id, change, now=now, services=services).after


def _cleared_out(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    """Delete the tokens of a winery that left and skip what still waits, at most 500 at a time.

    It is marked as removed before: nothing is taken in or sent meanwhile, and what is cut off
    here stays due. What there is to delete is read first, and the mark once more after that: a
    winery that comes back in between keeps what it has by then.
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
    """Forget the winery, unless it has come back since it was read."""
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
        if after.is_installed and not tenant.was_shop_asked:
            services.queue.enqueue(shop_task(tenant.id, due_at=now))

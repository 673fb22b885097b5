"""Check whether Commerce7 grants us access to a winery, and act on the answer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from service.domain.events.reason import Reason
from service.domain.tenants.installation import (
    FIRST_CHECK_PAUSE,
    Access,
    Installation,
    checked,
    cleared_out,
    postponed,
)
from service.domain.tenants.tenant import Role, Tenant
from service.ports import QueueUnavailableError, Refusal, Services, ShopError
from service.usecases.tasks import installation_task, shop_task
from service.usecases.tenants.change_tenant import change_known_tenant
from service.usecases.tenants.erase_tenant import erase_log, erase_tenant

_MOST_ROWS = 500


def check_installation(tenant_id: str, *, now: datetime, services: Services) -> Installation | None:
    """Do the installation's due work, and return its new state; `None` if there is none (any more).

    The work is an access check, a clear-out of tokens and waiting events, or a purge.

    Raises:
        StoreUnavailableError: some work is left; it stays due.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return None
    known = tenant.installation
    if known.is_to_be_cleared_out:
        return _cleared_out(tenant, now=now, services=services)
    if known.check_at and known.check_at <= now:
        return _checked(tenant, now=now, services=services)
    if known.purge_at and known.purge_at <= now:
        return _purged(tenant, now=now, services=services)
    return known


def _checked(tenant: Tenant, *, now: datetime, services: Services) -> Installation | None:
    """Ask Commerce7, write what follows, and continue with that.

    Our own pace and Commerce7's (429) say nothing of the installation: the check is postponed.
    """
    access = Access.GRANTED
    try:
        services.shops.check_access(tenant.id)
    except ShopError as error:
        if error.refusal is Refusal.TOO_OFTEN:
            until = now + (error.retry_after or FIRST_CHECK_PAUSE)
            return _changed(
                tenant, lambda at: postponed(at, until=until), now=now, services=services
            )
        is_refused = error.refusal is Refusal.NOT_ALLOWED
        access = Access.REFUSED if is_refused else Access.UNKNOWN
    grace = services.uninstall_grace
    return _changed(
        tenant, lambda at: checked(at, access, now=now, grace=grace), now=now, services=services
    )


def _changed(
    tenant: Tenant,
    change: Callable[[Installation], Installation],
    *,
    now: datetime,
    services: Services,
) -> Installation | None:
    """Change the installation, and do what it needs then."""
    current = _replaced(tenant, change, now=now, services=services)
    if current is None:
        return None
    if current.installation.is_to_be_cleared_out:
        return _cleared_out(current, now=now, services=services)
    if current.installation.is_given_up:
        return _purged(current, now=now, services=services)
    _enqueue(current, now=now, services=services)
    return current.installation


def _replaced(
    tenant: Tenant,
    change: Callable[[Installation], Installation],
    *,
    now: datetime,
    services: Services,
) -> Tenant | None:
    """Change the installation, unless it has changed since it was read; return the tenant."""

    def with_change(known: Tenant) -> Tenant:
        if not known.installation.is_asked_as(tenant.installation):
            return known
        return known.with_installation(change(known.installation), now=now)

    return change_known_tenant(tenant.id, with_change, now=now, services=services).after


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
        done = _replaced(current, cleared_out, now=now, services=services)
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


def _enqueue(tenant: Tenant, *, now: datetime, services: Services) -> None:
    check_at = tenant.installation.check_at
    with suppress(QueueUnavailableError):  # what is not enqueued is due, and found by the sweep
        if check_at:
            delay = max(check_at - now, timedelta(0))
            services.queue.enqueue(installation_task(tenant.id, due_at=check_at, delay=delay))
        if tenant.installation.is_installed and tenant.is_shop_due(now):
            services.queue.enqueue(shop_task(tenant.id, due_at=tenant.shop_due_at))

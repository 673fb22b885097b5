"""Bound the number of wineries whose install was reported, but never confirmed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from service.domain.tenants.tenant import Due
from service.ports import Services
from service.usecases.tenants.erase_tenant import erase_tenant

MOST_UNPROVEN_WINERIES = 200
"""How many wineries may wait for Commerce7 to confirm their first install."""

_AT_A_TIME = 5
_OLDEST = 20


def bound_unproven(newcomer: str, *, now: datetime, services: Services) -> Sequence[str]:
    """Erase the oldest unproven wineries beyond the most that may wait; return their ids.

    A winery that has rows in its log stays: only webhooks with our login make some. The newcomer
    stays, too. At most five are erased at once.

    Raises:
        StoreUnavailableError: there may still be too many.
    """
    horizon = now + services.uninstall_grace
    surplus = services.tenants.count_due(Due.UNPROVEN, now=horizon) - MOST_UNPROVEN_WINERIES
    dropped: list[str] = []
    for tenant_id in _oldest(horizon, services=services) if surplus > 0 else ():
        if tenant_id == newcomer or services.events.newest(tenant_id, limit=1):
            continue
        erase_tenant(
            tenant_id,
            services=services,
            only_if=lambda tenant: tenant.due_at(Due.UNPROVEN) is not None,
        )
        dropped.append(tenant_id)
        if len(dropped) >= min(surplus, _AT_A_TIME):
            break
    return dropped


def _oldest(horizon: datetime, *, services: Services) -> Iterator[str]:
    """Yield the unproven wineries, the oldest first; most of them are rarely needed."""
    tenants = services.tenants
    first = tenants.due(Due.UNPROVEN, now=horizon, limit=_OLDEST)
    yield from first
    most = MOST_UNPROVEN_WINERIES
    yield from tenants.due(Due.UNPROVEN, now=horizon, limit=most)[len(first) :]

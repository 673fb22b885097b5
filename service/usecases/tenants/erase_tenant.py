"""Erase a tenant: its settings, its tokens, and the content of its log."""

from collections.abc import Callable

from service.domain.tenants.tenant import Tenant
from service.ports import Services

_AT_A_TIME = 100


def erase_log(tenant_id: str, *, most: int, services: Services) -> int:
    """Erase at most `most` log rows but for their locks, and return how many were erased.

    Raises:
        StoreUnavailableError: some rows may be left; do it again.
    """
    erased = 0
    while erased < most:
        batch = services.events.newest(tenant_id, limit=min(_AT_A_TIME, most - erased))
        if not batch:
            break
        now = services.clock()
        locks = [(stored, stored.record.without_content(now=now)) for stored in batch]
        erased += sum(written is not None for written in services.events.replace_all(locks))
    return erased


def erase_tenant(
    tenant_id: str, *, services: Services, only_if: Callable[[Tenant], bool] = lambda _: True
) -> int:
    """Erase everything but the locks, and return how many log rows were erased.

    Nothing is erased if the tenant does not meet `only_if`. The locks stay, so that no order is
    reported twice if the winery comes back; they say only that an event was made. Settings are
    erased first: without them no signal is received and no delivery sent. A repeated call is safe,
    and erases what a late request has written.

    Raises:
        StoreUnavailableError: some data may be left; do it again.
    """
    if not services.tenants.remove(tenant_id, only_if=only_if):
        return 0
    services.browser_signals.drop_all(tenant_id)
    services.audit.drop_all(tenant_id)
    services.jobs.drop_all(tenant_id)
    services.quality.drop_all(tenant_id)
    services.days.drop_all(tenant_id)
    erased = 0
    while batch := erase_log(tenant_id, most=_AT_A_TIME, services=services):
        erased += batch
    return erased

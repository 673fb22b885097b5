"""The log is kept as long as the winery chose."""

from datetime import datetime, timedelta

from service.ports import Services

_AT_A_TIME = 1000
_MOST = 20_000


def forget_old_rows(tenant_id: str, *, now: datetime, services: Services) -> int:
    """Delete finished rows that are older than the tenant keeps them, and return how many.

    At most 20,000 in one call; the next day takes the rest. Their locks go with them: the choice
    is never shorter than Meta takes events.

    Raises:
        StoreUnavailableError: some may be left.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return 0
    before = now - timedelta(days=tenant.settings.retention_days)
    forgotten = 0
    while forgotten < _MOST:
        batch = services.events.forget(tenant_id, received_before=before, limit=_AT_A_TIME)
        forgotten += batch
        if batch < _AT_A_TIME:
            break
    return forgotten

"""The log is kept as long as the winery chose."""

from contextlib import suppress
from datetime import datetime, timedelta

from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import shop_task

_AT_A_TIME = 200
_MOST = 1000


def apply_retention(tenant_id: str, *, now: datetime, services: Services) -> int:
    """Empty finished rows that are older than the tenant keeps them, and return how many.

    Their bare locks go when their events cannot be made again. At most 1,000 in one call; a
    new task takes the rest.

    Raises:
        StoreUnavailableError: some may be left.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return 0
    before = now - timedelta(days=tenant.settings.retention_days)
    forgotten = 0
    while forgotten < _MOST:
        batch = services.events.idle(tenant_id, received_before=before, limit=_AT_A_TIME)
        emptied = services.events.replace_all(
            [(stored, stored.record.without_content(now=now)) for stored in batch]
        )
        forgotten += len([each for each in emptied if each])
        if len(batch) < _AT_A_TIME or not any(emptied):
            return forgotten
    with suppress(QueueUnavailableError):  # the next day's round goes on as well
        services.queue.enqueue(shop_task(tenant_id, due_at=now))
    return forgotten

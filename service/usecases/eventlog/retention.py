"""Apply the retention time that the winery chose for its log."""

from contextlib import suppress
from datetime import datetime, timedelta

from service.ports import QueueUnavailableError, Services
from service.usecases.figures.count_events import count_events
from service.usecases.tasks import shop_task

_AT_A_TIME = 200
_MOST = 1000


def apply_retention(tenant_id: str, *, now: datetime, services: Services) -> int:
    """Empty finished rows that are older than the tenant's retention, and return how many.

    They are counted before: a row may be as old as that when it becomes final. Their bare locks
    stay until their events cannot be made again. At most 1,000 rows in one call; a new task does
    the rest.

    Raises:
        StoreUnavailableError: some rows may be left; do it again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return 0
    is_counted = count_events(tenant, now=now, services=services).is_done
    before = now - timedelta(days=tenant.settings.retention_days)
    emptied_rows = 0
    while is_counted and emptied_rows < _MOST:
        batch = services.events.idle(tenant_id, received_before=before, limit=_AT_A_TIME)
        emptied = services.events.replace_all(
            [(stored, stored.record.without_content(now=now)) for stored in batch]
        )
        emptied_rows += len([each for each in emptied if each])
        if len(batch) < _AT_A_TIME or not any(emptied):
            return emptied_rows
    with suppress(QueueUnavailableError):  # the next day's call continues as well
        services.queue.enqueue(shop_task(tenant_id, due_at=now))
    return emptied_rows

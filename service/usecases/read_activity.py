"""What a tenant's log shows."""

from collections.abc import Sequence

from service.domain.record import EventRecord
from service.ports import Services

PAGE_SIZE = 50


def read_activity(tenant_id: str, *, services: Services) -> Sequence[EventRecord] | None:
    """Return the tenant's newest events, newest first; `None` for a tenant we do not know.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    if services.tenants.find(tenant_id) is None:
        return None
    return [each.record for each in services.events.newest(tenant_id, limit=PAGE_SIZE)]

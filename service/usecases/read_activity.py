"""What a tenant's log shows."""

from collections.abc import Sequence

from service.domain.record import EventRecord
from service.ports import Services

PAGE_SIZE = 50


def read_activity(tenant_id: str, *, services: Services) -> Sequence[EventRecord] | None:
    """Return the tenant's newest events, newest first; `None` where we are not installed.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    tenant = services.tenants.recall(tenant_id)
    if tenant is None or not tenant.installation.is_installed:
        return None
    return [each.record for each in services.events.newest(tenant_id, limit=PAGE_SIZE)]

"""Record a tenant's set-up progress, by compare-and-swap."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from service.domain.tenants.progress import Progress
from service.ports import Services, StoreUnavailableError


def record_progress(
    tenant_id: str, change: Callable[[Progress], Progress], *, services: Services
) -> None:
    """Apply the change to the present progress of a tenant that we know.

    Raises:
        StoreUnavailableError: the progress may not be recorded.
    """
    services.tenants.update(
        tenant_id, lambda known: known and replace(known, progress=change(known.progress))
    )


def record_first_sent(tenant_id: str, *, at: datetime, services: Services) -> None:
    """Record the tenant's first sent event; later events write nothing.

    Errors of the store are ignored: the delivery has succeeded, and the next one records the same.
    """
    with suppress(StoreUnavailableError):
        tenant = services.tenants.get_cached(tenant_id)
        if tenant and tenant.progress.first_sent_at is None:
            record_progress(
                tenant_id, lambda progress: progress.with_first_sent(at), services=services
            )

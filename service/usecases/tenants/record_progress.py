"""Note what has been seen to work, whatever else is noted at the same time."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from service.domain.tenants.progress import Progress
from service.ports import Services, StoreUnavailableError


def record_progress(
    tenant_id: str, change: Callable[[Progress], Progress], *, services: Services
) -> None:
    """Change the progress of a tenant that we know, from how it stands at that moment.

    Raises:
        StoreUnavailableError: it may not be noted.
    """
    services.tenants.update(
        tenant_id, lambda known: known and replace(known, progress=change(known.progress))
    )


def record_first_sent(tenant_id: str, *, at: datetime, services: Services) -> None:
    """Note that an event has been sent, if none had been: one write in a tenant's life.

    A store that does not answer is no reason to fail a delivery that has been made: the next one
    notes the same.
    """
    with suppress(StoreUnavailableError):
        tenant = services.tenants.get_cached(tenant_id)
        if tenant and tenant.progress.first_sent_at is None:
            record_progress(
                tenant_id, lambda progress: progress.with_first_sent(at), services=services
            )

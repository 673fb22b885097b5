"""Record a tenant's set-up progress, by compare-and-swap."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from service.domain.copies import replace
from service.domain.shop.signal import Action, ObjectKind
from service.domain.tenants.progress import Progress, Verified
from service.domain.tenants.snippet_sites import OtherPixel
from service.domain.tenants.tenant import Role, Tenant
from service.domain.tenants.webhook_arrivals import with_arrival
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


def record_snippet_seen(
    tenant: Tenant, host: str, pixel: OtherPixel, *, at: datetime, services: Services
) -> None:
    """Record that the snippet called from this host, once an hour at most unless there is news.

    Raises:
        StoreUnavailableError: it may not be recorded; the next call will be.
    """
    if tenant.progress.with_snippet_seen(host, pixel, at=at) != tenant.progress:
        record_progress(
            tenant.id, lambda known: known.with_snippet_seen(host, pixel, at=at), services=services
        )


def record_webhook(
    tenant: Tenant, kind: ObjectKind, action: Action, *, at: datetime, services: Services
) -> None:
    """Record that such a webhook arrived at a winery that has us, once a day at most.

    Errors of the store are ignored: the webhook is recorded, and the next one tells the same.
    """

    def arrivals(known: Progress) -> Progress:
        return replace(known, webhooks_at=with_arrival(known.webhooks_at, kind, action, at=at))

    if tenant.installation.is_installed and arrivals(tenant.progress) != tenant.progress:
        with suppress(StoreUnavailableError):
            record_progress(tenant.id, arrivals, services=services)


def record_sent(tenant: Tenant, role: Role, sent: Verified, *, services: Services) -> None:
    """Record the first event that was sent with this pixel and token; later ones write nothing.

    Errors of the store are ignored: the delivery has succeeded, and the next one records the same.
    """
    if tenant.progress.with_sent(role, sent) == tenant.progress:
        return
    with suppress(StoreUnavailableError):
        record_progress(tenant.id, lambda known: known.with_sent(role, sent), services=services)

"""Read a winery's alerts: everything that needs a person now.

At most three reads: the tenant, which mostly is cached; the event that has been queued the longest;
and, only while the currency is unknown, the newest Purchase that is held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.delivery.delivery import Wait
from service.domain.events.event import EventName
from service.domain.records.log_view import LogView
from service.domain.records.record import Status
from service.domain.tenants.alerts import Alert, alerts_of
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.installed_tenant import installed_tenant

_HELD_PURCHASES = LogView(event=EventName.PURCHASE, status=Status.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """A winery's alerts, the most urgent first, and its time zone."""

    found: Sequence[Alert]
    timezone: str | None


def read_alerts(tenant_id: str, *, now: datetime, services: Services) -> Alerts | None:
    """Return the winery's alerts; `None` where we are not installed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    tenant = installed_tenant(tenant_id, services=services)
    if tenant is None:
        return None
    found = alerts_in(tenant, now=now, services=services)
    return Alerts(found=found, timezone=tenant.settings.timezone)


def alerts_in(tenant: Tenant, *, now: datetime, services: Services) -> Sequence[Alert]:
    """Return the tenant's alerts, the most urgent first.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    if not tenant.settings.enabled:
        return []
    return alerts_of(
        tenant,
        stuck_since=_stuck_since(tenant, now=now, services=services),
        waits_for_currency=_waits_for_currency(tenant, services=services),
        now=now,
    )


def _stuck_since(tenant: Tenant, *, now: datetime, services: Services) -> datetime | None:
    longest = services.events.longest_queued(tenant.id)
    since = longest.record.queued_since if longest else None
    return since if since and since <= now - services.retry.stuck_after else None


def _waits_for_currency(tenant: Tenant, *, services: Services) -> bool:
    """Tell whether a Purchase waits for the currency; if any does, the newest held one does."""
    if tenant.settings.currency:
        return False
    held = services.events.page(tenant.id, _HELD_PURCHASES, after=None, limit=1)
    return any(
        delivery.waits_for is Wait.CURRENCY
        for stored in held
        for delivery in stored.record.deliveries.values()
    )

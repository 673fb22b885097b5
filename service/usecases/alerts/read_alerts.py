"""Read a winery's alerts: everything that needs a person now.

At most three reads: the tenant, which mostly is cached; the event that has been queued the longest;
and, only where events have begun to wait for a fact of the shop, one that is waiting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.tenants.alerts import Alert, alerts_of
from service.domain.tenants.shop_facts import ShopFact, awaited_facts
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.installed_tenant import installed_tenant


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
        awaited=_awaited(tenant, services=services),
        now=now,
    )


def _stuck_since(tenant: Tenant, *, now: datetime, services: Services) -> datetime | None:
    longest = services.events.longest_queued(tenant.id)
    since = longest.record.queued_since if longest else None
    return since if since and since <= now - services.retry.stuck_after else None


def _awaited(tenant: Tenant, *, services: Services) -> Sequence[ShopFact]:
    """Return the facts of the shop that events wait for; none once nothing waits any more."""
    facts = awaited_facts(tenant)
    is_waiting = facts and services.events.waiting(tenant.id, after=None, limit=1)
    return facts if is_waiting else ()

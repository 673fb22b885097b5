"""Read a winery's health, and with it everything that needs a person now.

At most three reads: the event that has been queued the longest; where events have begun to wait for
a fact of the shop, one that is waiting; and the primary pixel's token, which mostly is cached.
"""

from collections.abc import Sequence
from datetime import datetime

from service.domain.health.health import Health, health_of
from service.domain.tenants.shop_facts import ShopFact, awaited_facts
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.read_setup import read_setup


def read_health(tenant: Tenant, *, now: datetime, services: Services) -> Health:
    """Return the tenant's health.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    is_on = tenant.settings.enabled
    return health_of(
        tenant,
        read_setup(tenant, services=services),
        stuck_since=_stuck_since(tenant, now=now, services=services) if is_on else None,
        awaited=_awaited(tenant, services=services) if is_on else (),
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

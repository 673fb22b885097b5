"""Read a shop's public settings: its currency, above all."""

from dataclasses import replace
from datetime import datetime

from service.domain.shop.public_settings import SHOP_FACTS_FOR, SHOP_PROBE_EVERY
from service.domain.tenants.tenant import Tenant
from service.ports import Services, ShopError
from service.usecases.tenants.change_tenant import change_known_tenant


def read_shop(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Store the shop's facts for a day, and release deliveries that waited for them.

    Returns whether the shop answered.

    Raises:
        StoreUnavailableError: nothing is stored; the queue calls again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return False
    if not tenant.installation.is_installed:
        schedule_shop_check(tenant_id, at=now + SHOP_FACTS_FOR, services=services)
        return False
    try:
        shop = services.shops.shop(tenant_id)
    except ShopError as error:
        pause = max(error.retry_after or SHOP_PROBE_EVERY, SHOP_PROBE_EVERY)
        schedule_shop_check(tenant_id, at=now + pause, services=services)
        return False

    def with_facts(known: Tenant) -> Tenant:
        return replace(known, shop=shop, shop_due_at=now + SHOP_FACTS_FOR)

    change_known_tenant(tenant_id, with_facts, now=now, services=services)
    return True


def schedule_shop_check(tenant_id: str, *, at: datetime, services: Services) -> None:
    """Record when the shop's facts are read next; the known facts stay.

    Raises:
        StoreUnavailableError: the time may not be recorded.
    """
    services.tenants.update(tenant_id, lambda known: known and replace(known, shop_due_at=at))

"""Ask a winery's shop what it tells everybody about itself: its currency, above all."""

from dataclasses import replace
from datetime import datetime

from service.domain.delivery.schedule import SHOP_FACTS_FOR, SHOP_PROBE_EVERY
from service.domain.tenants.tenant import Tenant
from service.ports import Services, ShopError
from service.usecases.tenants.change_tenant import change_known_tenant


def read_shop(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Keep the shop's facts for a day, and release what waited for them; tell if it answered.

    Raises:
        StoreUnavailableError: nothing is kept; the queue calls again.
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

    def told(known: Tenant) -> Tenant:
        return replace(known, shop=shop, shop_due_at=now + SHOP_FACTS_FOR)

    change_known_tenant(tenant_id, told, now=now, services=services)
    return True


def schedule_shop_check(tenant_id: str, *, at: datetime, services: Services) -> None:
    """Write down when the shop is asked next; what is known of it stays.

    Raises:
        StoreUnavailableError: it may not be written.
    """
    services.tenants.update(tenant_id, lambda known: known and replace(known, shop_due_at=at))

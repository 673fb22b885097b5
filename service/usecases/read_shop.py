"""Ask a winery's shop what it tells everybody about itself: its currency, above all."""

from datetime import datetime

from service.domain.schedule import SHOP_FACTS_FOR, SHOP_PROBE_EVERY
from service.ports import Services, ShopError
from service.usecases.pixel_state import promise_release, release_waiting


def read_shop(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Keep the shop's facts for a day, and release what waited for them; tell if it answered.

    Raises:
        StoreUnavailableError: nothing is kept; the queue calls again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return False
    if not tenant.installation.is_installed:
        services.tenants.save_shop(tenant_id, None, due_at=now + SHOP_FACTS_FOR)
        return False
    try:
        shop = services.shops.shop(tenant_id)
    except ShopError as error:
        pause = max(error.retry_after or SHOP_PROBE_EVERY, SHOP_PROBE_EVERY)
        services.tenants.save_shop(tenant_id, None, due_at=now + pause)
        return False
    is_awaited = shop.currency is not None and tenant.settings.currency is None
    if is_awaited:
        promise_release(tenant_id, now=now, services=services)
    services.tenants.save_shop(tenant_id, shop, due_at=now + SHOP_FACTS_FOR)
    if is_awaited:
        release_waiting(tenant_id, now=now, services=services)
    return True

"""Record sites whose hits were refused because they are not among the winery's shop domains."""

from datetime import datetime

from service.domain.tenants.refused_origins import with_origin
from service.domain.tenants.tenant import host_of
from service.ports import Services
from service.usecases.tenants.installed_tenant import installed_tenant


def record_refused_origin(
    tenant_id: str, origin: str, *, now: datetime, services: Services
) -> None:
    """Record the host of this origin (`https://shop.example.com`) for the Configuration tab.

    Nothing is recorded for a tenant that has not installed us, or for an origin without a host. Of
    two records at the same moment one may be lost; the next hit brings it again.

    Raises:
        StoreUnavailableError: the host may not be recorded.
    """
    host = host_of(origin)
    tenant = installed_tenant(tenant_id, services=services)
    if host is None or tenant is None or tenant.settings.is_shop_host(host):
        return
    known = services.browser_signals.refused_origins(tenant_id)
    updated = with_origin(known, host, at=now)
    if updated is not known:
        services.browser_signals.save_refused_origins(tenant_id, updated)

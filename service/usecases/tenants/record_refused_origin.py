"""A storefront's hit was refused because its site is none of the winery's: let the winery know."""

from datetime import datetime

from service.domain.tenants.refused_origins import with_origin
from service.domain.tenants.tenant import host_of
from service.ports import Services
from service.usecases.tenants.installed_tenant import installed_tenant


def record_refused_origin(
    tenant_id: str, origin: str, *, now: datetime, services: Services
) -> None:
    """Note the host of this origin (`https://shop.example.com`) for the Configuration tab.

    Nothing is noted for a tenant that has not installed us, nor of what is no host. Two notes at
    the same moment may lose one of them: the next hit brings it again.

    Raises:
        StoreUnavailableError: it may not be noted.
    """
    host = host_of(origin)
    tenant = installed_tenant(tenant_id, services=services)
    if host is None or tenant is None or host in tenant.settings.shop_domains:
        return
    known = services.signals.refused_origins(tenant_id)
    noted = with_origin(known, host, at=now)
    if noted is not known:
        services.signals.save_refused_origins(tenant_id, noted)

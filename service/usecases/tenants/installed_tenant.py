"""Read a tenant, and check whether it has installed us. All use cases do it here."""

from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import Services

_NOT_INSTALLED = Installation(state=InstallState.REMOVED)


def installed_tenant(
    tenant_id: str, *, services: Services, is_fresh: bool = False
) -> Tenant | None:
    """Return the tenant, from the cache unless it must be `is_fresh`.

    `None` where we are not installed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    tenants = services.tenants
    tenant = tenants.find(tenant_id) if is_fresh else tenants.get_cached(tenant_id)
    return tenant if tenant and tenant.installation.is_installed else None


def known_tenant(tenant_id: str, *, services: Services) -> Tenant:
    """Return the tenant from the cache; an unknown one is returned as not installed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    unknown_tenant = Tenant(id=tenant_id, installation=_NOT_INSTALLED)
    return services.tenants.get_cached(tenant_id) or unknown_tenant

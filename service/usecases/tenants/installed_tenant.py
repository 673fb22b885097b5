"""Whose winery this is, and whether it has installed us: asked here and nowhere else."""

from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import Services

_NOT_INSTALLED = Installation(state=InstallState.REMOVED)


def installed_tenant(
    tenant_id: str, *, services: Services, is_fresh: bool = False
) -> Tenant | None:
    """Return the winery as it is remembered, or read it anew if it must be `is_fresh`.

    `None` where we are not installed.

    Raises:
        StoreUnavailableError: nothing is known now.
    """
    tenants = services.tenants
    tenant = tenants.find(tenant_id) if is_fresh else tenants.get_cached(tenant_id)
    return tenant if tenant and tenant.installation.is_installed else None


def known_tenant(tenant_id: str, *, services: Services) -> Tenant:
    """Return the winery as it is remembered; one that we do not know has not installed us.

    Raises:
        StoreUnavailableError: nothing is known now.
    """
    stranger = Tenant(id=tenant_id, installation=_NOT_INSTALLED)
    return services.tenants.get_cached(tenant_id) or stranger

"""What support needs to know of a tenant."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.record import Status
from service.domain.tenant import Role, TenantSettings
from service.ports import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantState:
    """A tenant's settings, which roles have a token (never the token), and its log in numbers."""

    tenant_id: str
    settings: TenantSettings
    has_token: Mapping[Role, bool]
    events: Mapping[Status, int]


def describe_tenant(tenant_id: str, *, services: Services) -> TenantState | None:
    """Return the tenant's state, `None` for one that we do not know.

    Raises:
        StoreUnavailableError: nothing is known now.
    """
    settings = services.tenants.settings(tenant_id)
    if settings is None:
        return None
    return TenantState(
        tenant_id=tenant_id,
        settings=settings,
        has_token={
            role: services.tenants.sealed_token(tenant_id, role) is not None for role in Role
        },
        events=services.events.count(tenant_id),
    )

"""Describe a tenant for support."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from service.domain.records.record import Status
from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation
from service.domain.tenants.tenant import Role, TenantSettings
from service.ports import Services


class TenantState(Struct, frozen=True, kw_only=True):
    """A tenant's installation, settings, shop, log rows by status, and the roles with a token.

    `signed_out_at` is when all of its staff were signed out last.
    """

    tenant_id: str
    installation: Installation
    settings: TenantSettings
    shop: Shop | None
    has_token: Mapping[Role, bool]
    events: Mapping[Status, int]
    signed_out_at: datetime | None


def describe_tenant(tenant_id: str, *, services: Services) -> TenantState | None:
    """Return the tenant's state; `None` for a tenant that we do not know.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return None
    return TenantState(
        tenant_id=tenant_id,
        installation=tenant.installation,
        settings=tenant.choices,
        shop=tenant.shop,
        has_token={
            role: services.tenants.sealed_token(tenant_id, role) is not None for role in Role
        },
        events=services.events.count(tenant_id),
        signed_out_at=tenant.sign_out.at,
    )

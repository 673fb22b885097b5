"""Writing tenants directly into the store, for tests that read them."""

from datetime import datetime
from typing import Any

from service.domain.copies import replace
from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.ports import Tenants


def put(tenants: Tenants, tenant_id: str, **parts: Any) -> None:
    """Write these parts of a tenant; create the tenant if it is missing."""
    tenants.update(tenant_id, lambda known: replace(known or Tenant(id=tenant_id), **parts))


def save_settings(tenants: Tenants, tenant_id: str, settings: TenantSettings) -> None:
    """Write the tenant's settings."""
    put(tenants, tenant_id, choices=settings)


def save_installation(tenants: Tenants, tenant_id: str, installation: Installation) -> None:
    """Write the tenant's installation."""
    put(tenants, tenant_id, installation=installation)


def save_shop(tenants: Tenants, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
    """Write the shop's public settings, if any, and when they are read again."""

    def told(known: Tenant) -> Tenant:
        return replace(known, shop=shop or known.shop, shop_due_at=due_at)

    tenants.update(tenant_id, lambda known: known and told(known))


def save_token(tenants: Tenants, tenant_id: str, role: Role, sealed: str) -> None:
    """Write the sealed token of the role's pixel."""
    tenants.update_token(tenant_id, role, lambda _: sealed)


def remove_tokens(tenants: Tenants, tenant_id: str, *roles: Role) -> None:
    """Delete the tokens of these roles, or of all roles if none is named."""
    for role in roles or Role:
        tenants.update_token(tenant_id, role, lambda _: None)


def forget(tenants: Tenants, tenant_id: str) -> None:
    """Delete the tenant with all its parts."""
    tenants.remove(tenant_id, only_if=lambda _: True)

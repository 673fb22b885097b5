"""Wineries put straight into the store, for tests of what is read from there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.ports import Tenants


def put(tenants: Tenants, tenant_id: str, **parts: Any) -> None:
    """Write these parts of a tenant; one that is unknown is made."""
    tenants.update(tenant_id, lambda known: replace(known or Tenant(id=tenant_id), **parts))


def save_settings(tenants: Tenants, tenant_id: str, settings: TenantSettings) -> None:
    """Write the tenant's settings."""
    put(tenants, tenant_id, choices=settings)


def save_installation(tenants: Tenants, tenant_id: str, installation: Installation) -> None:
    """Write how the installation stands."""
    put(tenants, tenant_id, installation=installation)


def save_shop(tenants: Tenants, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
    """Write what the shop tells of itself, if anything, and when it is asked again."""

    def told(known: Tenant) -> Tenant:
        return replace(known, shop=shop or known.shop, shop_due_at=due_at)

    tenants.update(tenant_id, lambda known: known and told(known))


def save_token(tenants: Tenants, tenant_id: str, role: Role, sealed: str) -> None:
    """Write the sealed token of the role's pixel."""
    tenants.update_token(tenant_id, role, lambda _: sealed)


def remove_tokens(tenants: Tenants, tenant_id: str, *roles: Role) -> None:
    """Forget the tokens of these roles, or of all."""
    for role in roles or Role:
        tenants.update_token(tenant_id, role, lambda _: None)


def forget(tenants: Tenants, tenant_id: str) -> None:
    """Forget the tenant with all its parts."""
    tenants.remove(tenant_id, only_if=lambda _: True)

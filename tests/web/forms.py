"""The Configuration tab's form as a browser sends it."""

from typing import Any

from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, TenantSettings
from tests.builders import PIXEL, TENANT
from tests.conftest import World

PAGE = "/configuration"
SECRET = "EAAnewtokenofthewinery9876"
TEXTS = {
    "primary_pixel_id": PIXEL,
    "primary_token": "",
    "secondary_pixel_id": "",
    "secondary_token": "",
    "currency": "USD",
    "timezone": "",
    "value_rule": "total",
    "content_id": "sku",
    "consent_mode": "off",
    "shop_domains": "shop.example.com",
    "retention_days": "90",
    "alert_email": "",
    "report": "off",
    "test_event_code": "",
}


def form(**changes: Any) -> dict[str, str]:
    """Return the form, without switches that are off and fields changed to None."""
    switches = {f"event_{name}": "on" for name in EventName}
    switches |= {f"channel_{channel}": "on" for channel in Channel}
    filled = {"enabled": "on", **switches, **TEXTS, **changes}
    return {key: value for key, value in filled.items() if value is not None}


def choices(world: World) -> TenantSettings:
    """Return the winery's own settings, without the shop's."""
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.choices


def token(world: World, role: Role) -> str | None:
    """Return the role's token in plain."""
    sealed = world.services.tenants.sealed_token(TENANT, role)
    return world.services.vault.unseal(TENANT, sealed).decode() if sealed else None

"""The storefront's snippet: a small public script that never breaks a shop's page."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec
from flask import Blueprint, Response, request

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.tenants.tenant import Tenant, is_tenant_id
from service.domain.tenants.wanted import why_unwanted
from service.ports import StoreUnavailableError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.web.request.current import services, settings, static_folder

FILE = "snippet/onepixel.js"
PLACEHOLDER = "ONEPIXEL_CONFIG"
"""The identifier in the built script that stands for the tenant's configuration."""

_FRESH_SECONDS = 300
_ROUTES = ("product", "checkout")

snippet = Blueprint("snippet", __name__)


@snippet.get("/snippet/<tenant_id>.js")
def script(tenant_id: str) -> Response:
    """Return the script with the tenant's choices; an empty one for a tenant that has none.

    So a page with the snippet never shows an error, also where the app was uninstalled.
    """
    text = _script(tenant_id)
    response = Response(text, mimetype="text/javascript")
    response.set_etag(sha256(text).hexdigest()[:32])
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_SECONDS
    response.vary.add("Accept-Encoding")
    # Shops are other sites; without this their browsers may refuse the script (Fetch: CORP).
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.make_conditional(request)
    return response


def _script(tenant_id: str) -> bytes:
    try:
        tenant = (
            installed_tenant(tenant_id, services=services()) if is_tenant_id(tenant_id) else None
        )
    except StoreUnavailableError:
        tenant = None
    events = _switched_on(tenant) if tenant else []
    if tenant is None or not events:
        return b""
    before, after = _built(str(static_folder() / FILE))
    return before + msgspec.json.encode(_config(tenant, events)) + after


def _switched_on(tenant: Tenant) -> list[EventName]:
    return [each for each in EventName if each in WEBSITE_EVENTS and not why_unwanted(tenant, each)]


def _config(tenant: Tenant, events: list[EventName]) -> list[object]:
    """Return the script's configuration, in the order of `Config` in snippet/src/types.d.ts."""
    routes = tenant.shop.routes if tenant.shop else {}
    return [
        tenant.id,
        f"{settings().base_url.rstrip('/')}/collect",
        events,
        1 if tenant.settings.consent_mode == "off" else 0,
        tenant.settings.checkout_email,
        *(f"/{routes.get(name, name)}" for name in _ROUTES),
    ]


@cache
def _built(path: str) -> tuple[bytes, bytes]:
    """Return the built script before and after the configuration's place."""
    before, _, after = Path(path).read_bytes().partition(PLACEHOLDER.encode())
    return before, after

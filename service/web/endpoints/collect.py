"""POST from the storefront's snippet: always answered 204, quickly.

A page must never notice us, and the answer does not tell which wineries use the app.
"""

from datetime import datetime
from hashlib import sha256

from crawleruseragents import is_crawler
from flask import Blueprint, Response, request

from service.domain.mapping.visit import Visit, visit_of
from service.domain.tenants.tenant import Tenant, host_of
from service.infra.recent_keys import RecentKeys
from service.ports import StoreUnavailableError
from service.usecases.intake.keep_signal import sealed_signal
from service.usecases.intake.receive_hits import receive_hits
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.record_refused_origin import record_refused_origin
from service.web.endpoints.beacon import parse_beacon
from service.web.request.alarms import raise_alarm
from service.web.request.caller import client_ip, client_network
from service.web.request.current import limits, now, services

MOST_BYTES = 8 * 1024
"""The most of one beacon; the snippet splits a larger one."""

_LONGEST_USER_AGENT = 1000

collect = Blueprint("collect", __name__)


@collect.post("/collect")
def receive() -> Response:
    """Receive one beacon."""
    try:
        _receive()
    except StoreUnavailableError:
        # No browser sends a beacon again, so the operator is told.
        raise_alarm("collect.not_recorded")
    # `fetch`, where beacons are blocked: without this the browser's console names an error.
    return Response(status=204, headers={"Access-Control-Allow-Origin": "*"})


def _receive() -> None:
    at, known, limited = now(), services(), limits()
    if limited.beacons.retry_after(client_network(), now=at):
        return
    user_agent = " ".join(request.user_agent.string.split())[:_LONGEST_USER_AGENT]
    if _is_crawlers(user_agent, limited.browsers, now=at):
        return
    body = request.stream.read(MOST_BYTES + 1)
    beacon = parse_beacon(body, ip=client_ip(), user_agent=user_agent)
    if len(body) > MOST_BYTES or beacon is None:
        return
    tenant = installed_tenant(beacon.tenant_id, services=known)
    host = _origin_host()
    if tenant is None or host is None:
        return
    if not tenant.settings.is_shop_host(host):
        _note_refused(tenant.id, host)
        return
    if limited.tenant_beacons.retry_after(tenant.id, now=at):
        raise_alarm("collect.flood", tenant_id=tenant.id)
        return
    visit = visit_of(beacon, tenant=tenant)
    _keep_signal(visit, tenant, limited.kept_signals, now=at)
    receive_hits(visit, tenant=tenant, host=host, now=at, services=known)


def _is_crawlers(user_agent: str, browsers: RecentKeys, *, now: datetime) -> bool:
    """Tell whether it is a crawler's; of other browsers a hash is remembered.

    The library looks for its 1,500 patterns in turn, and most shoppers have one of a few browsers.
    """
    browser = sha256(user_agent.encode()).hexdigest()
    if browsers.knows(browser, now=now):
        return False
    if is_crawler(user_agent):
        return True
    browsers.note(browser, now=now)
    return False


def _keep_signal(visit: Visit, tenant: Tenant, kept: RecentKeys, *, now: datetime) -> None:
    """Keep what orders are joined by, once a minute for a visitor unless there is news.

    Of a cart whose shopper has just objected all is kept: the last word counts.
    """
    sealed = sealed_signal(visit, tenant=tenant, now=now, services=services())
    if sealed is None:
        return
    cart = f"{tenant.id} {visit.beacon.cart_id}"
    if visit.beacon.is_objection:
        kept.note(cart, now=now)
    if kept.knows(cart, now=now) or not kept.knows(sealed.key, now=now):
        services().browser_signals.keep(tenant.id, sealed)
        kept.note(sealed.key, now=now)


def _origin_host() -> str | None:
    origin = request.headers.get("Origin", "")
    return host_of(origin) if origin.startswith(("https://", "http://")) else None


def _note_refused(tenant_id: str, host: str) -> None:
    """Show the site in the Configuration tab, where it can be allowed."""
    if limits().refused_sites.retry_after(f"{tenant_id} {host}", now=now()) is None:
        record_refused_origin(tenant_id, f"https://{host}", now=now(), services=services())

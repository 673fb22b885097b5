"""The list of all routes with their guards; a new route must be added here."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.tenants.session import opened
from service.infra.sessions import SignedSessions
from service.web.dashboard.tabs import PAGES
from tests.apps import SESSION_KEY, started_app
from tests.builders import OLIVE, TENANT
from tests.conftest import World
from tests.fakes import OneCaller

pytestmark = pytest.mark.thorough

PUBLIC, QUEUE, STAFF, WRITERS = "everybody", "our queue", "the winery's staff", "some roles"
# A caller without Commerce7's login is answered, whatever it shows; its unproven webhook counts
# only if the shop confirms it.
HEARD = "everybody, believed with Commerce7's login"
ACCOUNT = "whoever Commerce7 knows"
ROUTES = {
    **{("GET", tab.path): STAFF for tab in PAGES},
    ("GET", "/"): ACCOUNT,
    ("GET", "/activity/causes"): STAFF,
    ("GET", "/activity/clear"): WRITERS,
    ("GET", "/activity/export"): STAFF,
    ("GET", "/activity/missed"): WRITERS,
    ("GET", "/activity/resend"): WRITERS,
    ("GET", "/activity/rows/<key>"): STAFF,
    ("GET", "/activity/table"): STAFF,
    ("GET", "/activity/work/<kind>"): STAFF,
    ("GET", "/configuration/snippet/test"): STAFF,
    ("GET", "/configuration/changes"): STAFF,
    ("GET", "/configuration/waiting"): STAFF,
    ("GET", "/alerts"): STAFF,
    ("GET", "/health"): STAFF,
    ("GET", "/setup"): STAFF,
    ("GET", "/quality/<role>"): STAFF,
    ("GET", "/overview/figures"): STAFF,
    ("GET", "/docs"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/privacy"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/static/<path:filename>"): PUBLIC,
    ("POST", "/activity/clear"): WRITERS,
    ("POST", "/activity/export"): STAFF,
    ("POST", "/activity/missed"): WRITERS,
    ("POST", "/activity/missed/count"): WRITERS,
    ("POST", "/activity/order"): WRITERS,
    ("POST", "/activity/resend"): WRITERS,
    ("POST", "/activity/resend/<key>"): WRITERS,
    ("POST", "/activity/work/<kind>/<job_id>/stop"): WRITERS,
    ("GET", "/snippet/<tenant_id>.js"): PUBLIC,
    ("POST", "/collect"): PUBLIC,
    ("POST", "/auth/install"): HEARD,
    ("POST", "/auth/uninstall"): HEARD,
    ("POST", "/configuration"): WRITERS,
    ("POST", "/configuration/pixels/<name>/remove"): WRITERS,
    ("POST", "/configuration/restore"): WRITERS,
    ("POST", "/configuration/test-mail"): WRITERS,
    ("POST", "/connection/test"): WRITERS,
    ("POST", "/help/forget"): WRITERS,
    ("POST", "/session"): ACCOUNT,
    ("POST", "/simulation/<name>"): WRITERS,
    ("POST", "/tasks/resolve"): QUEUE,
    ("POST", "/tasks/send"): QUEUE,
    ("POST", "/tasks/sweep"): QUEUE,
    ("POST", "/webhooks/commerce7"): HEARD,
}
EXAMPLES = {
    "/activity/resend/<key>": f"/activity/resend/{'0' * 64}",
    "/activity/work/<kind>": "/activity/work/resend",
    "/activity/work/<kind>/<job_id>/stop": "/activity/work/resend/job-1/stop",
    "/activity/rows/<key>": f"/activity/rows/{'0' * 64}",
    "/configuration/pixels/<name>/remove": "/configuration/pixels/secondary/remove",
    "/quality/<role>": "/quality/primary",
    "/simulation/<name>": "/simulation/Lead",
}
# Each route, by one of its addresses, with its guard.
CALLS = {
    (method, EXAMPLES.get(rule, rule)): guard
    for (method, rule), guard in ROUTES.items()
    if "<" not in rule or rule in EXAMPLES
}
FOR_STAFF = [call for call, guard in CALLS.items() if guard in {STAFF, WRITERS}]
STRANGERS = ["nobody", "forged", "wrong key", "wrong audience", "expired", "ahead of its time"]
OTHER = "other-winery"

# By guard, the answer to each caller: refused (401, 403), or anything else.
REFUSED = {
    PUBLIC: {},
    HEARD: {},
    ACCOUNT: dict.fromkeys([*STRANGERS, "queue", "reader", "writer", "other winery"], 401),
    QUEUE: dict.fromkeys([*STRANGERS, "reader", "writer", "other winery"], 401),
    STAFF: dict.fromkeys([*STRANGERS, "queue"], 401),
    WRITERS: dict.fromkeys([*STRANGERS, "queue"], 401) | {"reader": 403},
}  # fmt: skip
CALLERS = [*STRANGERS, "queue", "reader", "writer", "other winery"]


@pytest.fixture
def wineries(world: World) -> World:
    """Return a world with two wineries."""
    world.install()
    world.install(tenant_id=OTHER)
    return world


def credentials(world: World, caller: str) -> dict[str, str]:
    now, sign = world.clock(), world.services.sessions.sign
    session = opened(TENANT, OLIVE, now=now)
    salted = SignedSessions([SESSION_KEY])
    salted._serializer.salt = b"1pixel.something.else"
    texts = {
        "forged": sign(session)[:-4] + "AAAA",
        "wrong key": SignedSessions(["another"]).sign(session),
        "wrong audience": salted.sign(session),
        "expired": sign(replace(session, expires_at=now)),
        "ahead of its time": sign(replace(session, opened_at=now + timedelta(hours=1))),
        "queue": OneCaller.token,
        "reader": sign(opened(TENANT, replace(OLIVE, role="Data"), now=now)),
        "writer": sign(session),
        "other winery": sign(opened(OTHER, OLIVE, now=now)),
    }
    return {"Authorization": f"Bearer {texts[caller]}"} if caller in texts else {}


def test_the_list_is_complete(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_route_admits_only_the_callers_of_its_guard(
    client: FlaskClient, wineries: World, method: str, path: str, caller: str
) -> None:
    headers = credentials(wineries, caller)
    status = client.open(path, method=method, headers=headers).status_code

    refusal = REFUSED[CALLS[method, path]].get(caller)
    if refusal:
        assert status == refusal
    else:
        assert status not in {401, 403, 500}


class Spy:
    """A wrapper of a port that records the tenant ids in all its calls."""

    def __init__(self, port: Any, seen: set[str]) -> None:
        self._port, self._seen = port, seen

    def __getattr__(self, name: str) -> Any:
        def asked(*args: Any, **kwargs: Any) -> Any:
            self._seen |= {each for each in (*args, *kwargs.values()) if isinstance(each, str)}
            return getattr(self._port, name)(*args, **kwargs)

        return asked


@pytest.fixture
def seen(wineries: World) -> tuple[set[str], FlaskClient]:
    """Return the recorded tenant ids, and a client of an app over the recording store."""
    asked: set[str] = set()
    services = replace(
        wineries.services,
        events=Spy(wineries.services.events, asked),
        tenants=Spy(wineries.services.tenants, asked),
        browser_signals=Spy(wineries.services.browser_signals, asked),
        audit=Spy(wineries.services.audit, asked),
        jobs=Spy(wineries.services.jobs, asked),
        quality=Spy(wineries.services.quality, asked),
        days=Spy(wineries.services.days, asked),
    )
    return asked, started_app(services).test_client()


@pytest.mark.parametrize(("method", "path"), FOR_STAFF)
def test_a_session_reaches_its_own_winery_whatever_the_request_names(
    wineries: World, seen: tuple[set[str], FlaskClient], method: str, path: str
) -> None:
    asked, client = seen
    answer = client.open(
        path,
        method=method,
        headers={**credentials(wineries, "other winery"), "tenant": TENANT, "X-Tenant": TENANT},
        query_string={"tenantId": TENANT, "tenant_id": TENANT, "tenant": TENANT},
        data={"tenantId": TENANT, "tenant_id": TENANT, "role": "primary"}
        if method == "POST"
        else None,
    )
    assert answer.status_code in {200, 204, 404, 422}  # 422: a form that lacks what it asks for
    assert OTHER in asked
    assert TENANT not in asked


@pytest.mark.parametrize("caller", STRANGERS)
@pytest.mark.parametrize(("method", "path"), FOR_STAFF)
def test_a_caller_without_a_login_causes_no_read(
    wineries: World,
    seen: tuple[set[str], FlaskClient],
    method: str,
    path: str,
    caller: str,
) -> None:
    asked, client = seen
    client.open(path, method=method, headers=credentials(wineries, caller))
    assert asked == set()


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, method: str, path: str
) -> None:
    headers = client.open(path, method=method).headers
    policy = headers["Content-Security-Policy"]

    ancestors = "http://127.0.0.1:8090" if path == "/" else "'none'"
    assert policy.endswith(f"frame-ancestors {ancestors}")
    assert "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Set-Cookie" not in headers

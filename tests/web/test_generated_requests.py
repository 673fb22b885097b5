"""Ten thousand random requests to all routes: no 5xx but the documented, no secret, all headers."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.builders import OLIVE, TENANT, TOKEN, a_signal, an_order
from tests.conftest import World
from tests.fakes import OneCaller

pytestmark = pytest.mark.thorough

SEEDS = (20261124, 2, 3, 4)
"""Each draws a quarter of the requests, so that they can run beside each other."""

CASES_PER_EXAMPLE = 25
"""For each example of a property: 2,500 requests a seed, 500 with the quick profile."""

ACCOUNT = "header.payload.signature"
ODD = [
    "", " ", "0", "null", "true", "on", "off", "[]", "{}", "Bearer", ACCOUNT, TENANT, "other",
    "{{tenantId}}", "../../etc/passwd", "a" * 5000, "<script>alert(1)</script>", "' OR 1=1 --",
    "%00", "\x00", "\u202e", "\U0001f377", "\ud83c", "\u00e9" * 99, "\r\nX-Bad: 1",
    "1234567890123456", "EAAinventedtoken", "primary", "%", "%zz", "9" * 400, "-1", "1e999", "*",
]  # fmt: skip
NAMES = [
    "tenantId", "account", "adminUITheme", "orderId", "user", "enabled", "primary_pixel_id",
    "primary_token", "secondary_pixel_id", "event_Purchase", "channel_POS", "currency", "session",
    "role", "since", "only", "show", "from", "to", "object", "after", "open", "tab", "v",
    "etag", "version", "shop_domains", "retention_days", "allow", "pressed", "press", "payload",
    "action", "tenant_id", "event_key", "cursor", "kind", "type", "task", "page", "channel",
]  # fmt: skip
PLACES = {
    "role": ["primary", "secondary"],
    "tenant_id": [TENANT, "nobody"], "key": ["0" * 64, "f" * 64], "kind": ["resend", "clear"],
    "job_id": ["job-1"], "name": ["Lead", "Purchase", "primary", "secondary"],
    "filename": ["css/tokens.css", "../service/app.py", "vendor", "img"], "ticket": ["forged"],
}  # fmt: skip
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get"]
HEADERS = [
    "Authorization", "X-Commerce7-Account", "Sec-Fetch-Site", "HX-Request", "HX-Target", "Origin",
    "HX-Current-URL", "If-None-Match", "If-Modified-Since", "Range", "Accept", "Accept-Language",
    "Accept-Encoding", "Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host",
    "X-Cloud-Trace-Context", "Traceparent", "Expect", "Content-Encoding", "Transfer-Encoding",
    "X-HTTP-Method-Override", "Cookie", "Referer", "X-CloudTasks-TaskRetryCount", "Retry-After",
]  # fmt: skip
TYPES = [
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
    "multipart/form-data; boundary=x", "application/json; charset=utf-7", "text/html; charset=x",
    "application/x-www-form-urlencoded; charset=utf-16", "application/xml", "", ";", "/",
]  # fmt: skip
UNREADY = ("/", "/session", "/auth/", "/webhooks/", "/tasks/", "/activity/export", "/readyz")
"""Where 503 is documented: there is too much at once, a vendor does not answer, or try again."""


def value(draw: random.Random, depth: int = 0) -> Any:
    kind = draw.randrange(9 if depth < 4 else 6)
    if kind < 4:
        return draw.choice(ODD)
    if kind == 4:
        return draw.choice([None, True, False, 0, -1, 10**400, 1.5, float("inf"), float("nan")])
    if kind == 5:
        return "".join(chr(draw.randrange(1, 0x2FF)) for _ in range(draw.randrange(40)))
    if kind == 6:
        return [value(draw, depth + 1) for _ in range(draw.randrange(4))]
    return {draw.choice(NAMES): value(draw, depth + 1) for _ in range(draw.randrange(4))}


def text(draw: random.Random) -> str:
    drawn = value(draw)
    return drawn if isinstance(drawn, str) else json.dumps(drawn)


def body(draw: random.Random) -> bytes:
    """Return a form, JSON or noise; some of it compressed, cut off or deeply nested."""
    kind = draw.randrange(10)
    if kind == 0:
        return draw.randbytes(draw.randrange(200))
    if kind == 1:
        return b"[" * draw.randrange(2000)
    if kind < 5:
        return urlencode(
            {name: _clean(text(draw)) for name in draw.sample(NAMES, draw.randrange(9))}
        ).encode()
    document = {name: value(draw) for name in draw.sample(NAMES, draw.randrange(6))}
    document["object"] = draw.choice(["Order", "Customer", "Reservation", "Club Membership", ""])
    if draw.random() < 0.5:
        document["tenantId"] = draw.choice([TENANT, "other-winery", "new-winery"])
    encoded = json.dumps(document).encode(errors="replace")
    if kind == 5:
        return gzip.compress(encoded, compresslevel=1)
    return encoded[: draw.randrange(len(encoded))] if kind == 6 else encoded


def address(draw: random.Random, rule: Rule) -> str:
    """Return an address of this route, its places filled with known or odd texts."""
    path = rule.rule
    for name in rule.arguments:
        filled = draw.choice([*PLACES[name], *PLACES[name], text(draw)])
        for place in (f"<{name}>", f"<path:{name}>"):
            path = path.replace(place, filled)
    return path if draw.random() < 0.97 else path + draw.choice(["/", "//", "?", ";x", "%2e", ".."])


def asking(draw: random.Random) -> str:
    """Return a query string, one of ten in no form at all."""
    if draw.random() < 0.1:
        return quote(text(draw).encode(errors="replace"), safe="&=%;+")
    return urlencode({name: _clean(text(draw)) for name in draw.sample(NAMES, draw.randrange(4))})


def requests(draw: random.Random, app: Flask, world: World, many: int) -> Iterator[dict[str, Any]]:
    rules = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    queue = {"Authorization": f"Bearer {OneCaller.token}"}
    sessions = [world.staff(), world.staff(role="Data"), world.staff("other-winery"), {}, queue]
    for number in range(many):
        # Every route in turn, so that each gets its share.
        rule, method = rules[number % len(rules)]
        headers = {**draw.choice(sessions), "Content-Type": draw.choice(TYPES)}
        headers |= {name: _header(text(draw)) for name in draw.sample(HEADERS, draw.randrange(4))}
        content = body(draw)
        lengths = [str(len(content))] * 20 + ["", "-1", "x", "99999999"]
        query = urlencode(
            {name: _clean(text(draw)) for name in draw.sample(NAMES, draw.randrange(4))}
        )
        yield {
            "rule": rule.rule,
            "method": method if draw.random() < 0.8 else draw.choice(METHODS),
            "headers": headers,
            "environ_overrides": {
                "REMOTE_ADDR": f"198.51.100.{draw.randrange(250)}",
                "PATH_INFO": _wire(address(draw, rule)),
                "QUERY_STRING": query,
                "CONTENT_LENGTH": draw.choice(lengths),
                "wsgi.input": BytesIO(content),
            },
        }  # fmt: skip


def _wire(path: str) -> str:
    """Return the path as WSGI servers pass it on: bytes, as Latin-1 text (PEP 3333)."""
    return path.encode(errors="replace").decode("latin-1")


def _header(drawn: str) -> str:
    # The test's client cannot send what no HTTP client can.
    sendable = drawn.translate(dict.fromkeys(map(ord, "\r\n\x00")))
    return sendable.encode("latin-1", "replace").decode("latin-1")


def _clean(drawn: str) -> str:
    return drawn.encode(errors="replace").decode()


def check(answer: TestResponse, asked: dict[str, Any]) -> None:
    """Fail if the answer is an undocumented 5xx, tells a secret, or lacks a header."""
    path = asked["environ_overrides"]["PATH_INFO"]
    may_be_unready = path == "/" or path.startswith(UNREADY[1:])
    assert answer.status_code < 500 or (answer.status_code == 503 and may_be_unready), asked
    told = answer.get_data(as_text=False)
    for secret in (
        b"Traceback",
        b'File "/',
        f"{TOKEN}primary".encode(),
        b"gAAAA",
        b"sandbox-secret",
    ):
        assert secret not in told, asked
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff", asked
    assert "Set-Cookie" not in headers
    assert "X-Bad" not in headers
    if answer.status_code != 204:
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; "), asked
        assert "frame-ancestors " in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_request_breaks_anything(app: Flask, world: World, seed: int) -> None:
    client = FlaskClient(app)  # a checked page takes as long as a hundred requests
    world.install()
    world.install(tenant_id="other-winery")
    world.shops.staff[TENANT, ACCOUNT] = OLIVE
    world.receive(a_signal(an_order()))
    statuses: Counter[int] = Counter()
    asked_rules = set()
    many = CASES_PER_EXAMPLE * hypothesis.settings().max_examples
    for request in requests(random.Random(seed), app, world, many):
        asked_rules.add(request.pop("rule"))
        answer = client.open(**request)
        statuses[answer.status_code] += 1
        check(answer, request)
        answer.close()
        world.clock.advance(world.services.retry.min_backoff / 300)
    assert statuses.total() == many
    assert asked_rules == {rule.rule for rule in app.url_map.iter_rules()}
    assert {200, 400, 401, 403, 404, 405, 422} <= set(statuses), statuses
    assert "<script>alert" not in client.get("/configuration", headers=world.staff()).text

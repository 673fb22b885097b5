"""Every route is on this list, with who may call it; a new one must say so here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

PUBLIC, QUEUE, THIS_MACHINE = "everybody", "our queue", "this machine"
# Whoever shows no login is heard; nothing is believed before the shop confirms it.
HEARD = "everybody, believed with Commerce7's login"
ROUTES = {
    ("GET", "/"): THIS_MACHINE,
    ("GET", "/activity/table"): THIS_MACHINE,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/static/<path:filename>"): PUBLIC,
    ("POST", "/tasks/resolve"): QUEUE,
    ("POST", "/tasks/send"): QUEUE,
    ("POST", "/tasks/sweep"): QUEUE,
    ("POST", "/webhooks/commerce7"): HEARD,
}


def test_the_list_is_complete(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


@pytest.mark.parametrize(
    ("method", "path"), [route for route, guard in ROUTES.items() if guard is QUEUE]
)
def test_guarded_routes_turn_strangers_away(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, data=b"{}").status_code == 401


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if "<" not in route[1]])
def test_every_answer_carries_the_security_headers(
    client: FlaskClient, method: str, path: str
) -> None:
    headers = client.open(path, method=method).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"

"""Every answer has its security headers, also those that no view makes; hidden files are none."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.web.dashboard.frame import ACCOUNT_HEADER
from tests.apps import static_files_in
from tests.builders import OLIVE, TENANT
from tests.conftest import World

ACCOUNT = "header.payload.signature"


def is_guarded(answer: TestResponse) -> bool:
    """Tell whether nothing can run, frame or cache this answer."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    return (
        "default-src 'none'" in policy
        and policy.endswith("frame-ancestors 'none'")
        and headers.get("Cache-Control") == "no-store"
        and headers.get("X-Content-Type-Options") == "nosniff"
        and headers.get("Referrer-Policy") == "no-referrer"
        and "Strict-Transport-Security" in headers
        and "Permissions-Policy" in headers
    )


class TestEveryAnswer:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nowhere", 404),
            ("GET", "/static/nothing.js", 404),
            ("GET", "/static/../service/app.py", 404),
            ("GET", "/static/", 404),
            ("POST", "/static/css/base.css", 405),
            ("DELETE", "/", 405),
            ("BREW", "/activity", 405),
            ("OPTIONS", "/docs", 200),
            ("POST", "/tasks/send", 401),
            ("GET", "/activity/rows/x", 401),
        ],
    )
    def test_of_the_framework_has_its_headers(
        self, client: FlaskClient, method: str, path: str, status: int
    ) -> None:
        answer = client.open(path, method=method)
        assert answer.status_code == status
        assert is_guarded(answer)

    def test_without_content_has_them_too(self, client: FlaskClient, world: World) -> None:
        world.install()
        seen = client.get("/alerts", headers=world.staff()).text.split("seen=")[1].split('"')[0]
        answer = client.get(f"/alerts?seen={seen}", headers=world.staff())
        assert answer.status_code == 204
        assert is_guarded(answer)

    @pytest.mark.parametrize(
        "host", ["a;b", "a b", "", "localhost; script-src *", "x" * 300 + ":y"]
    )
    def test_to_an_odd_host_has_them_and_names_only_ours(
        self, client: FlaskClient, host: str
    ) -> None:
        headers = {"Host": host, "Accept": "text/html"}
        answer = client.get("/nowhere", headers=headers)
        assert is_guarded(answer)
        policy = answer.headers["Content-Security-Policy"]
        script = r"http://localhost:8080/static/built/problem-\w{8}\.js"
        assert re.search(rf"; script-src {script}; frame-ancestors", policy)

    def test_of_a_failure_has_them(self, client: FlaskClient, world: World) -> None:
        def fail() -> None:
            raise RuntimeError("unexpected")

        world.install()
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        world.shops.meanwhile = fail
        client.application.config["PROPAGATE_EXCEPTIONS"] = False
        try:
            headers = {**world.staff(), ACCOUNT_HEADER: ACCOUNT}
            answer = client.post("/session", headers=headers)
        finally:
            client.application.config["PROPAGATE_EXCEPTIONS"] = None
        assert answer.status_code == 500
        assert is_guarded(answer)


class TestThePolicy:
    @pytest.mark.parametrize("path", ["/docs", "/privacy", "/healthz", "/snippet/x.js"])
    def test_of_a_page_without_scripts_allows_none(self, client: FlaskClient, path: str) -> None:
        assert "; script-src 'none';" in client.get(path).headers["Content-Security-Policy"]

    def test_names_the_very_scripts_of_the_dashboard(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        query = {"tenantId": TENANT, "account": ACCOUNT}
        headers = {"Host": "1pixel.example:8443"}
        answer = client.get("/", query_string=query, headers=headers)
        policy = answer.headers["Content-Security-Policy"]
        allowed = re.findall(r"script-src ([^;]+);", policy)[0].split()
        assert "'self'" not in allowed
        assert [re.sub(r"-\w{8}\.js$", ".js", each) for each in allowed] == [
            "http://1pixel.example:8443/static/built/session.js",
            "http://1pixel.example:8443/static/built/dashboard.js",
            "https://dev-center.platform.commerce7.com/v2/commerce7.js",
        ]


@pytest.mark.parametrize(
    "hidden", [".hidden", ".ready", "folder/.hidden", ".folder/shown", "a/.b/c"]
)
def test_hidden_files_are_not_there(app: Flask, tmp_path: Path, hidden: str) -> None:
    for name in (hidden, "shown/file.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")
    with static_files_in(app, tmp_path):
        client = app.test_client()
        assert client.get("/static/shown/file.txt", buffered=True).status_code == 200
        for asked in (hidden, hidden.replace(".", "%2e"), f"shown/../{hidden}"):
            answer = client.get(f"/static/{asked}")
            assert answer.status_code == 404
            assert is_guarded(answer)

"""Test Connection as the winery's staff sees it: every outcome, with what to do about it."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask, render_template
from flask.testing import FlaskClient

from service.domain.delivery.verdict import Verdict
from service.domain.tenants.connection import ConnectionTestAnswer, Objection, TokenFacts
from service.domain.tenants.tenant import Pixel, Pixels, Role
from service.infra.logs import JsonLines
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    LOST,
    NOW,
    REFUSED,
    SECOND_PIXEL,
    SLOW_DOWN,
    TENANT,
    TOKEN,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import remove_tokens, save_token

URL = "/connection/test"
ENDED = TokenFacts(is_valid=False, is_expired=True, expires_at=NOW)
OTHERS = TokenFacts(is_valid=True, pixel_ids=frozenset({SECOND_PIXEL}))


def press(client: FlaskClient, world: World, role: str = "primary") -> Any:
    return client.post(URL, data={"role": role}, headers=world.staff())


def refused(objection: Objection) -> ConnectionTestAnswer:
    return ConnectionTestAnswer(verdict=BAD_TOKEN, objection=objection)


class TestASuccess:
    def test_is_shown_with_the_pixels_name(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.connections.name = "Fictional <b>Ridge</b>"
        answer = press(client, world)

        assert answer.status_code == 200
        assert "Pixel credentials verified: <bdi>Fictional &lt;b&gt;Ridge&lt;/b&gt;" in answer.text
        assert '<div class="banner good">' in answer.text
        assert "trace-1" in answer.text

    def test_needs_no_name(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert "Pixel credentials verified</strong>" in press(client, world).text

    def test_warns_of_a_token_that_will_end(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.connections.facts = TokenFacts(is_valid=True, expires_at=NOW + timedelta(days=3))
        assert "This token expires on Aug 8, 2026" in press(client, world).text

    def test_is_the_named_pixels(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        assert press(client, world, "secondary").text.startswith('<div id="connection-secondary">')
        assert [pixel for _, pixel in world.connections.probes] == [SECOND_PIXEL]


class TestAFailure:
    @pytest.mark.parametrize(
        ("facts", "answer", "title", "section"),
        [
            (ENDED, None, "The access token expired on Aug 5, 2026", "token-expired"),
            (
                TokenFacts(is_valid=False),
                None,
                "Meta does not accept the access token",
                "token-invalid",
            ),
            (
                None,
                refused(Objection.EXPIRED_TOKEN),
                "The access token has expired",
                "token-expired",
            ),
            (
                None,
                refused(Objection.INVALID_TOKEN),
                "Meta does not accept the access",
                "token-invalid",
            ),
            (
                None,
                refused(Objection.UNKNOWN_PIXEL),
                "Meta does not know this Pixel ID",
                "pixel-unknown",
            ),
            (
                None,
                refused(Objection.NO_PERMISSION),
                "The access token has no permission",
                "no-permission",
            ),
            (
                None,
                refused(Objection.PROOF_REQUIRED),
                "requires an app secret proof",
                "app-secret-proof",
            ),
            (
                OTHERS,
                refused(Objection.UNKNOWN_PIXEL),
                "The access token belongs to another pixel",
                "token-other-pixel",
            ),
            (
                None,
                ConnectionTestAnswer(verdict=REFUSED),
                "Meta refused our test event",
                "event-refused",
            ),
        ],
    )
    def test_says_the_cause_and_what_to_do(
        self,
        client: FlaskClient,
        world: World,
        facts: TokenFacts | None,
        answer: ConnectionTestAnswer | None,
        title: str,
        section: str,
    ) -> None:
        world.install()
        world.connections.facts = facts or world.connections.facts
        world.connections.answer = answer or world.connections.answer
        html = press(client, world).text

        assert title in html
        assert '<div class="banner bad">' in html
        assert f'href="/docs#{section}"' in html
        assert f'id="{section}"' in client.get("/docs").text
        assert "Events Manager" in html or "Send support" in html
        assert "verified" not in html

    @pytest.mark.parametrize("verdict", [SLOW_DOWN, DOWN, LOST])
    def test_that_proves_nothing_about_the_pixel_says_so(
        self, client: FlaskClient, world: World, verdict: Verdict
    ) -> None:
        world.install()
        world.connections.answer = ConnectionTestAnswer(verdict=verdict)
        html = press(client, world).text

        assert '<div class="banner warn">' in html
        assert "may be fine" in html
        assert verdict.sentence in html

    def test_of_what_is_not_saved_yet_says_what_to_enter(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=Pixels()))
        assert "There is no Pixel ID yet" in press(client, world).text
        world.install(some_settings(pixels=Pixels(primary=Pixel(id="<script>"))))
        html = press(client, world).text
        assert "The saved Pixel ID is not valid" in html
        assert "<script>" not in html
        world.install()
        remove_tokens(world.services.tenants, TENANT)
        assert "There is no access token yet" in press(client, world).text
        sealed_elsewhere = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed_elsewhere)
        assert "can no longer be read" in press(client, world).text
        assert world.connections.asked == []


class TestPressing:
    def test_too_often_makes_no_call_and_says_so(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        answers = [press(client, world) for _ in range(30)]
        statuses = [answer.status_code for answer in answers]

        assert statuses == [200] * 12 + [429] * 18
        assert "20 times a minute" in answers[-1].text
        assert len(world.connections.probes) == 12
        others = client.post(URL, data={"role": "primary"}, headers=world.staff("other-winery"))
        assert others.status_code == 200
        world.clock.advance(timedelta(minutes=1))
        assert press(client, world).status_code == 200

    def test_never_goes_beyond_twenty_in_a_minute(self, client: FlaskClient, world: World) -> None:
        world.install()
        for _ in range(120):
            press(client, world)
            world.clock.advance(timedelta(seconds=0.5))
        assert 12 < len(world.connections.probes) <= 20

    @pytest.mark.parametrize("role", ["", "third", "PRIMARY", "<script>"])
    def test_refuses_an_unknown_role(self, client: FlaskClient, world: World, role: str) -> None:
        world.install()
        assert press(client, world, role).status_code == 400
        assert world.connections.asked == []

    def test_needs_the_app(self, client: FlaskClient, world: World) -> None:
        assert press(client, world).status_code == 401

    def test_leaves_one_line_and_no_token(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install()
        world.connections.answer = refused(Objection.UNKNOWN_PIXEL)
        with caplog.at_level(logging.DEBUG):
            html = press(client, world).text

        (line,) = [JsonLines().format(record) for record in caplog.records]
        assert '"message": "connection.tested"' in line
        assert '"result": "pixel unknown"' in line
        assert f'"tenant": "{TENANT}"' in line
        assert TOKEN not in line + html
        assert world.connections.asked[0] == ("token", f"{TOKEN}primary")


class TestThePanel:
    def panel(self, app: Flask, *, role: Role = Role.PRIMARY, may_write: bool = True) -> str:
        with app.test_request_context():
            return render_template(
                "configuration/_connection_panel.html", role=role, may_write=may_write
            )

    def test_has_a_button_that_sends_the_role_and_nothing_of_a_form(self, app: Flask) -> None:
        html = self.panel(app, role=Role.SECONDARY)
        assert 'hx-post="/connection/test"' in html
        assert 'hx-params="role"' in html
        assert """hx-vals='{"role": "secondary"}'""" in html
        assert 'hx-target="#connection-result-secondary"' in html
        assert 'id="connection-result-secondary" role="status"' in html

    def test_has_no_button_for_a_reader(self, app: Flask) -> None:
        assert "<button" not in self.panel(app, may_write=False)

    def test_refers_only_to_ids_that_exist(self, app: Flask) -> None:
        html = self.panel(app)
        named = set(re.findall(r'#([a-z-]+)|aria-describedby="([^"]+)"', html))
        ids = set(re.findall(r' id="([^"]+)"', html))
        assert {each for pair in named for each in pair if each} <= ids

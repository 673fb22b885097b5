"""Simulate events as the winery's staff sees it: a button for each event, and Meta's answer."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import EventName
from service.domain.tenants.tenant import Pixels, TenantSettings
from service.infra.logs import JsonLines
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    LOST,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    SLOW_DOWN,
    TENANT,
    TOKEN,
    some_settings,
    two_pixels,
)
from tests.conftest import World

CODE = "TEST12345"
ONE = some_settings(test_event_code=CODE)
BOTH = some_settings(test_event_code=CODE, pixels=two_pixels())


def press(client: FlaskClient, world: World, name: str = "Lead") -> Any:
    return client.post(f"/simulation/{name}", headers=world.staff())


class TestAButton:
    @pytest.mark.parametrize("name", EventName)
    def test_sends_its_event_and_shows_metas_answer(
        self, client: FlaskClient, world: World, name: EventName
    ) -> None:
        world.install(ONE)
        answer = press(client, world, name)

        assert answer.status_code == 200
        assert [event.name for event, _, _ in world.meta.sent] == [name]
        assert f"Test event {name} was sent" in answer.text
        assert "test-id-1" in answer.text
        assert "trace-1" in answer.text
        assert f"/{PIXEL}/test_events" in answer.text

    @pytest.mark.parametrize(
        ("verdict", "tone", "advice"),
        [
            (BAD_TOKEN, "bad", "Test Connection"),
            (REFUSED, "bad", "Send support"),
            (SLOW_DOWN, "warn", "in five minutes"),
            (DOWN, "warn", "in a few minutes"),
            (LOST, "warn", "may have arrived"),
        ],
    )
    def test_says_why_it_did_not_arrive_and_what_to_do(
        self, client: FlaskClient, world: World, verdict: Verdict, tone: str, advice: str
    ) -> None:
        world.install(ONE)
        world.meta.script = [verdict]
        html = press(client, world).text

        assert f'<div class="banner {tone}">' in html
        assert "<strong>Test event Lead did not arrive</strong>" in html
        assert f"{verdict.sentence}." in html
        assert advice in html
        assert 'href="/docs#' in html

    @pytest.mark.parametrize(
        ("settings", "sentences"),
        [
            (
                some_settings(),
                [
                    "Lead was not sent. Add a Test Event Code first.",
                    "Enter a Test Event Code and save",
                ],
            ),
            (
                some_settings(pixels=Pixels(), test_event_code=CODE),
                ["Lead was not sent. Setup is incomplete.", "Enter the primary pixel"],
            ),
            (
                TenantSettings(),
                ["Enter the primary pixel", "access token and save", "Test Event Code and save"],
            ),
        ],
    )
    def test_explains_what_is_missing(
        self, client: FlaskClient, world: World, settings: TenantSettings, sentences: list[str]
    ) -> None:
        world.install(settings)
        answer = press(client, world)

        assert answer.status_code == 200
        for sentence in sentences:
            assert sentence in answer.text
        assert world.meta.sent == []

    def test_too_often_sends_nothing_and_says_so(self, client: FlaskClient, world: World) -> None:
        world.install(ONE)
        answers = [press(client, world) for _ in range(15)]
        assert [answer.status_code for answer in answers] == [200] * 12 + [429] * 3
        assert "Not sent: too many attempts" in answers[-1].text
        assert len(world.meta.sent) == 12
        world.clock.advance(timedelta(minutes=1))
        assert press(client, world).status_code == 200

    @pytest.mark.parametrize("name", ["purchase", "Refund", "%00", "ConnectionTest"])
    def test_of_an_unknown_event_is_not_found(
        self, client: FlaskClient, world: World, name: str
    ) -> None:
        world.install(ONE)
        assert press(client, world, name).status_code == 404
        assert world.meta.sent == []

    def test_needs_the_app(self, client: FlaskClient, world: World) -> None:
        assert press(client, world).status_code == 401

    def test_leaves_a_line_in_our_log_and_nothing_in_the_winerys(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install(BOTH)
        with caplog.at_level(logging.DEBUG):
            html = press(client, world, "Purchase").text
        lines = [JsonLines().format(record) for record in caplog.records]

        assert len(lines) == 2
        assert all('"message": "simulation.sent"' in line for line in lines)
        assert '"role": "secondary"' in lines[1]
        for needle in (TOKEN, CODE, "vera", "Vera", "example.com"):
            assert needle not in "".join(lines)
        assert TOKEN not in html
        table = client.get("/activity/table", headers=world.staff()).text
        assert "No events yet" in table


class TestTwoPixels:
    def test_are_told_apart(self, client: FlaskClient, world: World) -> None:
        world.install(BOTH)
        world.meta.script = [BAD_TOKEN]
        html = press(client, world, "Purchase").text

        assert "reached only one of your pixels" in html
        assert f"Primary pixel {PIXEL}</strong>: Meta refused" in html
        assert f"Secondary pixel {SECOND_PIXEL}</strong>: Meta accepted it" in html
        assert "It counts there like a real event" in html


class TestThePanel:
    def panel(self, app: Flask, settings: TenantSettings, **more: Any) -> str:
        with app.test_request_context():
            return render_template(
                "configuration/_simulate_panel.html",
                **{"settings": settings, "may_write": True, **more},
            )

    def test_has_a_button_for_each_event(self, app: Flask) -> None:
        html = self.panel(app, ONE)
        posted = re.findall(r'hx-post="/simulation/(\w+)"', html)
        assert posted == [name.value for name in EventName]
        assert html.count("<button") == html.count('hx-params="none"') == len(EventName)
        assert ">Send test purchase</button>" in html
        assert ">CompleteRegistration</button>" in html

    def test_says_before_it_is_pressed_what_counts_at_the_secondary_pixel(self, app: Flask) -> None:
        html = self.panel(app, BOTH)
        assert f"Your secondary pixel {SECOND_PIXEL} receives it without a test code" in html
        assert html.count('aria-describedby="simulate-both"') == 1
        assert "secondary" not in self.panel(app, ONE)

    def test_reminds_of_the_code(self, app: Flask) -> None:
        assert f"<code>{CODE}</code>" in self.panel(app, ONE)
        assert "clear the code and save" in self.panel(app, ONE)
        assert "more than a day" not in self.panel(app, ONE)
        assert "more than a day" in self.panel(app, ONE, is_code_old=True)
        assert "Add a Test Event Code first" in self.panel(app, some_settings())

    def test_shows_a_hostile_code_as_text(self, app: Flask) -> None:
        html = self.panel(app, some_settings(test_event_code="<script>alert(1)</script>"))
        assert "<script" not in html

    def test_has_no_button_for_a_reader(self, app: Flask) -> None:
        html = self.panel(app, BOTH, may_write=False)
        assert "<button" not in html
        assert "Your role in Commerce7 cannot send test events" in html

    @pytest.mark.parametrize("settings", [ONE, BOTH, some_settings()])
    def test_refers_only_to_ids_that_exist(self, app: Flask, settings: TenantSettings) -> None:
        html = self.panel(app, settings)
        named = set(re.findall(r'#([a-z-]+)|aria-describedby="([^"]+)"', html))
        ids = set(re.findall(r' id="([^"]+)"', html))
        assert {each for pair in named for each in pair if each} <= ids


def test_a_test_is_of_this_winery(client: FlaskClient, world: World) -> None:
    world.install(ONE)
    world.install(some_settings(), tenant_id="other-winery")
    client.post("/simulation/Lead", headers=world.staff("other-winery"))
    assert world.meta.sent == []
    assert world.services.events.newest(TENANT, limit=9) == []

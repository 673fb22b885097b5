"""The banners at the top of every tab."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.delivery.circuit_breaker import Breaker, BreakerState, opened
from service.domain.events.reason import Reason
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Role
from service.web.request.current import SETTINGS
from tests.builders import (
    BAD_TOKEN,
    NOW,
    OLIVE,
    PIXEL,
    POLICY,
    TENANT,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.tenants import forget, put, save_shop

URL = "/alerts"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def stricken(world: World) -> World:
    """Return a world whose winery's token is dead."""
    world.record_an_order()
    world.meta.script = [BAD_TOKEN]
    world.run_tasks()
    return world


def ask(client: FlaskClient, world: World, url: str = URL, **staff: str) -> TestResponse:
    return client.get(url, headers=world.staff(**staff))


def next_url(html: str) -> str:
    found = re.search(r'hx-get="([^"]+)"', html)
    assert found
    return found[1]


class TestTheBanners:
    def test_say_what_happened_since_when_and_what_to_do(
        self, client: FlaskClient, stricken: World
    ) -> None:
        html = ask(client, stricken).text
        for said in (
            f"Your primary pixel {PIXEL} needs a new access token.",
            "Meta refused the access token.",
            'Since <time datetime="2026-08-05T00:00:00+00:00">5 Aug 2026, 00:00 UTC</time>',
            "Enter a new access token</a>",
            'hx-get="/configuration#primary_token"',
            '/docs#token"',
        ):
            assert said in html

    def test_tell_the_time_by_the_winerys_clock(self, client: FlaskClient, stricken: World) -> None:
        shop = Shop(timezone="America/Los_Angeles")
        save_shop(stricken.services.tenants, TENANT, shop, due_at=NOW)
        assert "4 Aug 2026, 17:00 PDT" in ask(client, stricken).text

    def test_are_read_out_politely_and_each_with_an_icon(
        self, client: FlaskClient, stricken: World
    ) -> None:
        html = ask(client, stricken).text
        assert html.startswith('<div id="alerts" role="status" aria-atomic="false"')
        assert 'class="banner bad" id="alert-token-primary"' in html
        assert html.count("<svg") == html.count('class="banner ')

    def test_say_whom_to_write_to_when_it_is_our_fault(self, app: Flask, world: World) -> None:
        app.extensions[SETTINGS] = replace(app.extensions[SETTINGS], support_email="us@example.com")
        world.record_an_order()
        world.clock.advance(timedelta(hours=1))
        html = ask(app.test_client(), world).text
        assert "more than 10 minutes" in html
        assert '<a href="mailto:us@example.com">' in html
        assert "Configuration" not in html

    def test_lead_to_the_currency(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        assert 'hx-get="/configuration#currency"' in ask(client, world).text

    def test_are_the_winerys_own(self, client: FlaskClient, stricken: World) -> None:
        stricken.install(tenant_id="other-winery")
        assert ask(client, stricken, tenant_id="other-winery").status_code == 204

    def test_show_to_whoever_may_only_look(self, client: FlaskClient, stricken: World) -> None:
        assert ask(client, stricken, role="Data").status_code == 200

    def test_print_a_reason_as_text(self, client: FlaskClient, world: World) -> None:
        world.install()
        state, reason = BreakerState.NEEDS_RECONNECT, Reason("<img src=x onerror=alert(1)>")
        dead = opened(Breaker(), state, reason, key="", now=NOW, policy=POLICY)
        put(world.services.tenants, TENANT, breakers={Role.PRIMARY: dead})
        html = ask(client, world).text
        assert "<img" not in html
        assert "&lt;img src=x" in html

    def test_end_the_session_of_a_winery_that_left(
        self, client: FlaskClient, stricken: World
    ) -> None:
        forget(stricken.services.tenants, TENANT)
        assert ask(client, stricken).status_code == 401


class TestAPoll:
    def test_is_answered_with_nothing_while_nothing_has_changed(
        self, client: FlaskClient, stricken: World
    ) -> None:
        url = next_url(ask(client, stricken).text)
        stricken.clock.advance(timedelta(minutes=9))
        again = ask(client, stricken, url.replace("&amp;", "&"))
        assert (again.status_code, again.data) == (204, b"")

    def test_is_answered_once_with_none_when_all_is_over(
        self, client: FlaskClient, stricken: World
    ) -> None:
        url = next_url(ask(client, stricken).text)
        stricken.install()
        over = ask(client, stricken, url)
        assert (over.status_code, "banner" in over.text) == (200, False)
        assert ask(client, stricken, next_url(over.text)).status_code == 204

    def test_comes_every_minute_and_when_something_was_changed(
        self, client: FlaskClient, stricken: World
    ) -> None:
        html = ask(client, stricken).text
        assert 'hx-trigger="every 60s, alerts-changed from:body"' in html


class TestThePage:
    @pytest.fixture
    def page(self, client: FlaskClient, stricken: World) -> TestResponse:
        stricken.shops.staff[TENANT, "account"] = OLIVE
        return client.get("/", query_string={"tenantId": TENANT, "account": "account"})

    def test_asks_for_its_banners_once_it_is_there(self, page: TestResponse) -> None:
        assert page.status_code == 200
        trigger = 'hx-get="/alerts" hx-trigger="load, every 60s, alerts-changed from:body"'
        assert trigger in page.text
        assert "needs a new access token" not in page.text


class TestAChange:
    @pytest.mark.parametrize(
        ("headers", "typed", "told"),
        [
            (HTMX, PIXEL, "alerts-changed"),
            ({}, PIXEL, None),
            (HTMX, "no pixel id", None),
        ],
    )
    def test_has_the_page_ask_at_once(
        self,
        client: FlaskClient,
        stricken: World,
        headers: dict[str, str],
        typed: str,
        told: str | None,
    ) -> None:
        form = {"enabled": "on", "primary_pixel_id": typed, "primary_token": "EAA" + "x" * 40}
        answer = client.post("/configuration", data=form, headers={**stricken.staff(), **headers})
        assert answer.headers.get("HX-Trigger") == told

    def test_is_none_where_somebody_only_looks(self, client: FlaskClient, stricken: World) -> None:
        answer = client.get("/overview", headers={**stricken.staff(), **HTMX})
        assert "HX-Trigger" not in answer.headers

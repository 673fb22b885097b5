"""The banners at the top of every tab."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.copies import replace
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
def with_dead_token(world: World) -> World:
    """Return a world whose winery's token no longer works."""
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
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        html = ask(client, with_dead_token).text
        for said in (
            f"Your primary pixel {PIXEL} needs a new access token.",
            "Meta refused the access token.",
            'Since <time datetime="2026-08-05T00:00:00+00:00">Aug 5, 2026, 12:00 AM UTC</time>',
            "Enter a new access token</a>",
            'hx-get="/configuration#primary_token"',
            '/docs#token"',
        ):
            assert said in html

    def test_show_times_in_the_winerys_zone(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        shop = Shop(timezone="America/Los_Angeles")
        save_shop(with_dead_token.services.tenants, TENANT, shop, due_at=NOW)
        assert "Aug 4, 2026, 5:00 PM PDT" in ask(client, with_dead_token).text

    def test_are_read_out_politely_and_each_with_an_icon(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        html = ask(client, with_dead_token).text
        assert html.startswith('<div id="alerts" role="status" aria-atomic="false"')
        assert 'class="banner bad" id="alert-token-primary"' in html
        assert html.count("<svg") == html.count('class="banner ')

    def test_show_supports_address_when_it_is_our_fault(self, app: Flask, world: World) -> None:
        app.extensions[SETTINGS] = replace(app.extensions[SETTINGS], support_email="us@example.com")
        world.record_an_order()
        world.clock.advance(timedelta(hours=1))
        html = ask(app.test_client(), world).text
        assert "more than 10 minutes" in html
        assert '<a href="mailto:us@example.com">' in html
        assert "Configuration" not in html

    def test_link_to_the_currency(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        assert 'hx-get="/configuration#currency"' in ask(client, world).text

    def test_are_the_winerys_own(self, client: FlaskClient, with_dead_token: World) -> None:
        with_dead_token.install(tenant_id="other-winery")
        assert "banner" not in ask(client, with_dead_token, tenant_id="other-winery").text

    def test_are_shown_to_readers_too(self, client: FlaskClient, with_dead_token: World) -> None:
        assert ask(client, with_dead_token, role="Data").status_code == 200

    def test_print_a_reason_as_text(self, client: FlaskClient, world: World) -> None:
        world.install()
        state, reason = BreakerState.NEEDS_RECONNECT, Reason("<img src=x onerror=alert(1)>")
        dead = opened(Breaker(), state, reason, key="", now=NOW, policy=POLICY)
        put(world.services.tenants, TENANT, breakers={Role.PRIMARY: dead})
        html = ask(client, world).text
        assert "<img" not in html
        assert "&lt;img src=x" in html

    def test_end_the_session_of_a_winery_that_uninstalled(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        forget(with_dead_token.services.tenants, TENANT)
        assert ask(client, with_dead_token).status_code == 401


class TestAPoll:
    def test_is_answered_with_nothing_while_nothing_has_changed(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        url = next_url(ask(client, with_dead_token).text)
        with_dead_token.clock.advance(timedelta(minutes=9))
        again = ask(client, with_dead_token, url.replace("&amp;", "&"))
        assert (again.status_code, again.data) == (204, b"")

    def test_is_answered_once_with_no_banners_when_all_have_ended(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        url = next_url(ask(client, with_dead_token).text)
        with_dead_token.install()
        over = ask(client, with_dead_token, url)
        assert (over.status_code, "banner" in over.text) == (200, False)
        assert ask(client, with_dead_token, next_url(over.text)).status_code == 204

    def test_comes_every_minute_and_when_something_was_changed(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        html = ask(client, with_dead_token).text
        assert 'hx-trigger="live, every 60s, alerts-changed from:body"' in html

    def test_tells_the_other_places_of_a_health_that_they_do_not_show(
        self, client: FlaskClient, with_dead_token: World
    ) -> None:
        first = ask(client, with_dead_token, f"{URL}?shown=another")
        assert first.headers["HX-Trigger"] == "health-changed"
        url = next_url(first.text)
        as_shown = ask(client, with_dead_token, url.replace("seen", "shown"))
        assert (as_shown.status_code, "HX-Trigger" in as_shown.headers) == (200, False)
        with_dead_token.install()
        assert ask(client, with_dead_token, url).headers["HX-Trigger"] == "health-changed"


class TestThePage:
    @pytest.fixture
    def page(self, client: FlaskClient, with_dead_token: World) -> TestResponse:
        with_dead_token.shops.staff[TENANT, "its.account.token"] = OLIVE
        return client.get("/", query_string={"tenantId": TENANT, "account": "its.account.token"})

    def test_requests_its_banners_once_loaded(self, page: TestResponse) -> None:
        assert page.status_code == 200
        trigger = 'hx-trigger="load, live, every 60s, alerts-changed from:body"'
        assert trigger in page.text
        assert next_url(page.text[page.text.index('id="alerts"') :]).startswith("/alerts?shown=")
        assert "alert-token" not in page.text


class TestAChange:
    @pytest.mark.parametrize(
        ("headers", "typed", "event"),
        [
            (HTMX, PIXEL, "alerts-changed"),
            ({}, PIXEL, None),
            (HTMX, "no pixel id", None),
        ],
    )
    def test_makes_the_page_poll_at_once(
        self,
        client: FlaskClient,
        with_dead_token: World,
        headers: dict[str, str],
        typed: str,
        event: str | None,
    ) -> None:
        form = {"enabled": "on", "primary_pixel_id": typed, "primary_token": "EAA" + "x" * 40}
        answer = client.post(
            "/configuration", data=form, headers={**with_dead_token.staff(), **headers}
        )
        assert answer.headers.get("HX-Trigger") == event

    @pytest.mark.parametrize(
        ("path", "target", "event"),
        [
            ("/configuration", "view", "alerts-changed"),
            ("/overview", "overview", "alerts-changed"),
            ("/activity/table", "eventlog-table", "alerts-changed"),
            ("/overview/figures", "figures", None),
        ],
    )
    def test_is_asked_for_with_a_tab_and_its_news(
        self, client: FlaskClient, with_dead_token: World, path: str, target: str, event: str | None
    ) -> None:
        headers = {**with_dead_token.staff(), **HTMX, "HX-Target": target}
        answer = client.get(path, headers=headers)
        assert answer.headers.get("HX-Trigger") == event
        if mark := re.search(r"mark=(\w+)", answer.text):
            again = client.get(f"{path}?mark={mark[1]}", headers=headers)
            assert (again.status_code, "HX-Trigger" in again.headers) == (204, False)

"""The snippet's card, and its test: what has come, what was refused, and why nothing comes."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.events.event import WEBSITE_EVENTS
from service.domain.tenants.tenant import Pixels, TenantSettings
from service.usecases.tenants.record_refused_origin import record_refused_origin
from tests.beacons import SHOP, hit, post_beacon
from tests.builders import TENANT, some_settings
from tests.conftest import World
from tests.web.forms import PAGE, choices, form

TEST = "/configuration/snippet/test"
OTHER = "https://other.example.com"


def card(client: FlaskClient, world: World) -> str:
    html = client.get(PAGE, headers=world.staff()).text
    return html[html.index('id="snippet"') : html.index('id="snippet-code"')]


def begun(client: FlaskClient, world: World) -> str:
    """Begin a test, and return the address at which it goes on."""
    html = client.get(TEST, headers=world.staff()).text
    found = re.search(r'hx-get="([^"]+)"', html)
    assert found
    return found[1].replace("&amp;", "&")


class TestTheCard:
    def test_says_where_it_was_seen_and_how_many_pages_came_today(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert "The snippet has not been seen on your site yet." in card(client, world)
        post_beacon(client, hit(1), hit(2), hit(3, name="ViewContent"))
        post_beacon(
            client,
            hit(4, url="https://www.shop.example.com/"),
            origin="https://www.shop.example.com",
        )
        world.run_tasks()
        html = card(client, world)
        assert "Seen on your site" in html
        assert "<bdi>shop.example.com</bdi>" in html
        assert "<bdi>www.shop.example.com</bdi>" in html
        assert "3 page views today." in html
        world.clock.advance(timedelta(days=1))
        assert "0 page views today." in card(client, world)

    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            (some_settings(enabled=False), "Server-side tracking is off"),
            (some_settings(events=dict.fromkeys(WEBSITE_EVENTS, False)), "All four website events"),
            (some_settings(pixels=Pixels()), "There is no pixel yet"),
        ],
    )
    def test_says_why_nothing_is_reported(
        self, client: FlaskClient, world: World, settings: TenantSettings, sentence: str
    ) -> None:
        world.install(settings)
        assert sentence in card(client, world)
        assert "No events sent" in card(client, world)
        assert client.get(f"/snippet/{TENANT}.js").data == b""

    @pytest.mark.parametrize(
        ("told", "expected"),
        [
            (None, "No other pixel was found here."),
            (1, "Meta counts each event once"),
            (2, "Orders may count twice."),
            ("x", "Meta counts each event once"),
        ],
    )
    def test_says_what_another_pixel_does_there(
        self, client: FlaskClient, world: World, told: object, expected: str
    ) -> None:
        world.install()
        post_beacon(client, hit(), pixel=told)
        assert expected in card(client, world)

    def test_lists_a_refused_site_until_it_is_allowed(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        post_beacon(client, hit(url=f"{OTHER}/"), origin=OTHER)
        assert 'value="other.example.com"' in card(client, world)
        client.post(PAGE, data=form(allow="other.example.com"), headers=world.staff())
        assert choices(world).shop_domains == ("shop.example.com", "other.example.com")
        assert "other.example.com" not in card(client, world)

    def test_does_not_list_the_shops_own_site_with_www(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(replace(some_settings(), shop_domains=("elsewhere.example",)))
        record_refused_origin(
            TENANT, "https://www.shop.example.com", now=world.clock(), services=world.services
        )
        world.install()
        assert "Refused sites" not in card(client, world)


class TestTheTest:
    def test_shows_what_comes_while_it_runs(self, client: FlaskClient, world: World) -> None:
        world.install()
        post_beacon(client, hit(1))
        world.run_tasks()
        world.clock.advance(timedelta(seconds=2))
        address = begun(client, world)
        html = client.get(address, headers=world.staff()).text
        assert f'href="{SHOP}/?onepixel=test"' in html
        assert "PageView" not in html
        assert "Waiting for the first page" in html

        world.clock.advance(timedelta(seconds=31))
        assert "No events yet" in client.get(address, headers=world.staff()).text

        post_beacon(client, hit(2, name="AddToCart"))
        post_beacon(client, hit(3, url=f"{OTHER}/"), origin=OTHER)
        world.run_tasks()
        html = client.get(address, headers=world.staff()).text
        assert "AddToCart" in html
        assert "sent" in html
        assert "Refused:" in html
        assert "other.example.com" in html

        world.clock.advance(timedelta(minutes=10))
        html = client.get(address, headers=world.staff()).text
        assert "The test has ended." in html
        assert "every 3s" not in html

    def test_of_a_shop_without_an_address_says_what_to_do(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(shop_domains=()))
        html = client.get(TEST, headers=world.staff()).text
        assert "Enter your shop's address" in html.replace("&#39;", "'")

    @pytest.mark.parametrize("since", ["", "x", "-1", "0", "99999999999999", "1e9"])
    def test_answers_any_beginning(self, client: FlaskClient, world: World, since: str) -> None:
        world.install()
        answer = client.get(f"{TEST}?since={since}", headers=world.staff())
        assert answer.status_code == 200

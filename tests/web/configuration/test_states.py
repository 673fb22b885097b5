"""What the Configuration tab shows beyond the form: pixels, sites, codes, conflicts."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.events.event import EventName
from service.domain.shop.public_settings import Shop
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.tenant import Pixel, Role
from tests.builders import (
    NOW,
    PIXEL,
    SECOND_PIXEL,
    TENANT,
    one_pixel_twice,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import remove_tokens, save_shop
from tests.web.forms import PAGE, TEXTS, choices, form, token

REMOVE = "/configuration/pixels/{}/remove"


def page(client: FlaskClient, world: World) -> str:
    return client.get(PAGE, headers=world.staff()).text


class TestRemovingAPixel:
    def test_removes_its_id_and_token_and_says_who_did_it(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=two_pixels()))
        answer = client.post(REMOVE.format("secondary"), headers=world.staff())

        assert answer.status_code == 200
        assert "The secondary pixel and its access token were removed." in answer.text
        assert "Secondary access token removed" in answer.text
        assert choices(world).roles() == (Role.PRIMARY,)
        assert token(world, Role.SECONDARY) is None
        assert token(world, Role.PRIMARY) is not None
        (entry, *_) = world.services.audit.newest(TENANT, limit=1)
        assert entry.who == "Olive Owner"
        names = [change.name for change in entry.changes]
        assert names == ["pixels.secondary.id", "pixels.secondary.token"]

    def test_works_for_the_primary_one_and_twice(self, client: FlaskClient, world: World) -> None:
        world.install()
        for _ in range(2):
            answer = client.post(REMOVE.format("primary"), headers=world.staff())
            assert answer.status_code == 200
        assert choices(world).pixels.primary == Pixel()
        assert token(world, Role.PRIMARY) is None
        assert len(world.services.audit.newest(TENANT, limit=9)) == 2

    def test_of_another_name_is_not_found(self, client: FlaskClient, world: World) -> None:
        world.install()
        answer = client.post(REMOVE.format("tertiary"), headers=world.staff())
        assert answer.status_code == 404

    def test_is_offered_for_what_is_there_to_those_who_may(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert "Remove the primary pixel" in page(client, world)
        assert "Remove the secondary pixel" not in page(client, world)
        reader = client.get(PAGE, headers=world.staff(role="Data")).text
        assert "Remove the primary pixel" not in reader


class TestASavedPixelWithoutToken:
    def test_does_not_prevent_saving_something_else(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        remove_tokens(world.services.tenants, TENANT)
        answer = client.post(PAGE, data=form(event_Lead=None), headers=world.staff())
        assert answer.status_code == 200
        typed = form(primary_pixel_id=SECOND_PIXEL)
        assert client.post(PAGE, data=typed, headers=world.staff()).status_code == 422


class TestTheSecondaryPixel:
    @pytest.mark.parametrize(
        ("changes", "is_open"),
        [({}, False), ({"secondary_pixel_id": "12"}, True), ({"secondary_token": "x"}, True)],
    )
    def test_is_collapsed_until_it_is_used(
        self, client: FlaskClient, world: World, *, changes: dict[str, str], is_open: bool
    ) -> None:
        world.install()
        html = client.post(PAGE, data=form(**changes), headers=world.staff()).text
        assert ('id="secondary-pixel" open' in html) is is_open

    def test_is_open_when_it_is_there(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        assert 'id="secondary-pixel" open' in page(client, world)


class TestOnePixelInBothRoles:
    def test_is_shown_as_saved_and_is_a_fault_when_saved_again(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=one_pixel_twice()))
        assert page(client, world).count(f'value="{PIXEL}"') == 2
        again = form(secondary_pixel_id=PIXEL, enabled=None)
        answer = client.post(PAGE, data=again, headers=world.staff())

        assert answer.status_code == 422
        assert "This is the Pixel ID of your primary pixel" in answer.text
        assert 'id="secondary_pixel_id_fault"' in answer.text
        assert choices(world).enabled

    def test_is_ended_by_removing_the_secondary_one(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=one_pixel_twice()))
        client.post(REMOVE.format("secondary"), headers=world.staff())
        answer = client.post(PAGE, data=form(enabled=None), headers=world.staff())

        assert answer.status_code == 200
        assert not choices(world).enabled


class TestTheShopsOwnSettings:
    def test_are_shown_as_such_and_not_saved_as_choices(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(currency=None, shop_domains=()))
        shop = Shop(currency="EUR", timezone="Europe/Rome", domain="vino.example.com")
        save_shop(world.services.tenants, TENANT, shop, due_at=NOW)
        html = page(client, world)
        for value in ("EUR", "Europe/Rome", "vino.example.com"):
            assert f'placeholder="{value}"' in html
        client.post(PAGE, data=form(currency="", shop_domains=""), headers=world.staff())
        assert choices(world).currency is None
        assert choices(world).shop_domains == ()

    def test_are_shown_as_missing_if_unknown(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(currency=None))
        assert "Events with a value are on hold until you enter it" in page(client, world)


class TestARefusedSite:
    @pytest.fixture(autouse=True)
    def with_two_sites(self, world: World) -> None:
        world.install(some_settings(shop_domains=()))
        save_shop(world.services.tenants, TENANT, Shop(domain="shop.example.com"), due_at=NOW)
        origins = [
            RefusedOrigin(host=host, seen_at=NOW)
            for host in ("www.example.com", "shop.example.com")
        ]
        world.services.browser_signals.save_refused_origins(TENANT, origins)

    def test_is_listed_unless_it_is_the_shops_own_by_now(
        self, client: FlaskClient, world: World
    ) -> None:
        html = page(client, world)
        assert 'name="allow" value="www.example.com"' in html
        assert 'name="allow" value="shop.example.com"' not in html

    def test_is_allowed_beside_the_shops_own_domains(
        self, client: FlaskClient, world: World
    ) -> None:
        typed = form(shop_domains="", allow="www.example.com", event_Lead=None)
        html = client.post(PAGE, data=typed, headers=world.staff()).text
        assert choices(world).shop_domains == ("shop.example.com", "www.example.com")
        assert not choices(world).events[EventName.LEAD]
        assert 'name="allow"' not in html

    def test_is_added_to_what_was_typed(self, client: FlaskClient, world: World) -> None:
        typed = form(shop_domains="one.example", allow="www.example.com")
        client.post(PAGE, data=typed, headers=world.staff())
        assert choices(world).shop_domains == ("one.example", "www.example.com")

    def test_shows_a_reader_no_button(self, client: FlaskClient, world: World) -> None:
        html = client.get(PAGE, headers=world.staff(role="Data")).text
        assert "www.example.com" in html
        assert 'name="allow"' not in html


class TestATestEventCode:
    REMINDER = "has been saved for more than a day"

    @pytest.mark.parametrize("path", [PAGE, "/overview"])
    def test_that_is_left_behind_raises_a_reminder(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        world.install()
        headers = world.staff()
        client.post(PAGE, data=form(test_event_code="TEST1"), headers=headers)
        world.clock.advance(timedelta(hours=23))
        client.post(PAGE, data=form(test_event_code="TEST1"), headers=world.staff())
        assert self.REMINDER not in client.get(path, headers=world.staff()).text
        world.clock.advance(timedelta(hours=1))
        html = client.get(path, headers=world.staff()).text
        assert f"Your Test Event Code {self.REMINDER}" in html

        client.post(PAGE, data=form(), headers=world.staff())
        assert self.REMINDER not in client.get(path, headers=world.staff()).text

    def test_that_is_new_starts_its_day_anew(self, client: FlaskClient, world: World) -> None:
        world.install()
        client.post(PAGE, data=form(test_event_code="TEST1"), headers=world.staff())
        world.clock.advance(timedelta(hours=30))
        client.post(PAGE, data=form(test_event_code="TEST2"), headers=world.staff())
        assert self.REMINDER not in page(client, world)


HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "a closing tag": '"></textarea></div><img src=x onerror=alert(1)>',
    "quotes": "'\"`{{7*7}}{% raw %}",
    "right to left": "\u202e\u2066moc.elpmaxe\u2069",
    "10,000 characters": "a" * 10_000,
    "10,000 digits": "9" * 10_000,
    "an emoji": "\U0001f377",
    "control characters": "a\x00b\x1b[31m\r\nX-Bad: 1",
    "an address": "javascript:alert(1)",
    "a formula": "=HYPERLINK(1)",
}
FIELDS = [
    *TEXTS,
    "allow",
    "version",
    "primary_token_version",
    "pressed",
    "enabled",
    "event_Purchase",
]


@pytest.mark.thorough
class TestHostileValues:
    @pytest.mark.parametrize("field", FIELDS)
    @pytest.mark.parametrize("name", HOSTILE)
    def test_are_refused_or_shown_as_text(
        self, client: FlaskClient, world: World, name: str, field: str
    ) -> None:
        world.install()
        before = choices(world)
        changes: dict[str, Any] = {field: HOSTILE[name]}
        answer = client.post(PAGE, data=form(**changes), headers=world.staff())

        assert answer.status_code in {200, 409, 422}
        for html in (answer.text, page(client, world)):
            assert "<script>" not in html
            assert "<img src=x" not in html
        if field in TEXTS:
            assert (answer.status_code, choices(world)) == (422, before)
            assert PIXEL in page(client, world)

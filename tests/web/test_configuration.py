"""Settings as the winery's staff sees and changes them."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.event import EventName
from service.domain.order import Channel
from service.domain.tenant import Role, TenantSettings
from tests.builders import PIXEL, SECOND_PIXEL, TENANT
from tests.conftest import World

PAGE = "/configuration"
SECRET = "EAAnewtokenofthewinery9876"


def form(**changes: Any) -> dict[str, str]:
    """Return the form as a browser sends it: a switch that is off is not in it."""
    switches = {f"event_{name}": "on" for name in EventName}
    switches |= {f"channel_{channel}": "on" for channel in Channel}
    filled = {
        "enabled": "on",
        "primary_pixel_id": PIXEL,
        "primary_token": "",
        **switches,
        **changes,
    }
    return {key: value for key, value in filled.items() if value is not None}


def choices(world: World) -> TenantSettings:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.choices


def token(world: World, role: Role) -> str:
    sealed = world.services.tenants.sealed_token(TENANT, role)
    assert sealed is not None
    return world.services.vault.unseal(TENANT, sealed).decode()


class TestReading:
    def test_shows_the_end_of_a_token_and_no_more(self, client: FlaskClient, world: World) -> None:
        world.install()
        client.post(PAGE, data=form(primary_token=SECRET), headers=world.staff())
        html = client.get(PAGE, headers=world.staff()).text
        assert "Saved, ends in 9876" in html
        assert SECRET[:-4] not in html

    def test_is_for_every_role_and_says_who_may_change(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        html = client.get(PAGE, headers=world.staff(role="Data")).text
        assert PIXEL in html
        assert "They can be changed by: Admin Owner, Admin." in html
        assert "Save Settings" not in html
        fields = re.findall(r'<(?:input|textarea)(?![^>]*type="hidden")[^>]*>', html)
        assert len(fields) > 30
        assert all(" disabled" in field for field in fields)


class TestSaving:
    def test_changes_what_was_typed_and_tells_who_did(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        typed = form(
            event_AddToCart=None, channel_POS=None, primary_token=f" {SECRET}\n",
            secondary_pixel_id=SECOND_PIXEL, secondary_token=SECRET,
        )  # fmt: skip
        answer = client.post(PAGE, data=typed, headers=world.staff())

        assert answer.status_code == 200
        assert "Settings saved." in answer.text
        saved = choices(world)
        assert not saved.sends(EventName.ADD_TO_CART)
        assert not saved.sends(EventName.PURCHASE, Channel.POS)
        assert saved.sends(EventName.PURCHASE, Channel.WEB)
        assert saved.roles() == (Role.PRIMARY, Role.SECONDARY)
        assert token(world, Role.PRIMARY) == token(world, Role.SECONDARY) == SECRET
        (entry, *_) = world.services.audit.newest(TENANT, limit=10)
        assert (entry.who, entry.who_id) == ("Olive Owner", "user-1")
        assert {change.name for change in entry.changes} == {
            "events.AddToCart", "channels.POS", "pixels.secondary.id",
            "pixels.primary.token", "pixels.secondary.token",
        }  # fmt: skip
        assert SECRET not in repr(entry)
        assert "Olive Owner" in answer.text

    def test_leaves_a_token_alone_that_was_not_typed(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        before = token(world, Role.PRIMARY)
        client.post(PAGE, data=form(enabled=None), headers=world.staff())
        assert token(world, Role.PRIMARY) == before
        assert not choices(world).enabled

    def test_keeps_what_the_form_does_not_show(self, client: FlaskClient, world: World) -> None:
        world.install()
        client.post(PAGE, data=form(), headers=world.staff())
        assert choices(world).shop_domains == ("shop.example.com",)
        assert choices(world).currency == "USD"

    @pytest.mark.parametrize(
        ("typed", "fault"),
        [
            ({"primary_pixel_id": "123"}, "A pixel id has 10 to 17 digits"),
            ({"primary_pixel_id": "<script>alert(1)</script>"}, "A pixel id has 10 to 17 digits"),
            ({"primary_token": "EAA"}, "This is no access token"),
            ({"primary_token": "EAA\u202etokentokentokentoken"}, "This is no access token"),
            ({"secondary_pixel_id": SECOND_PIXEL}, "This pixel needs its access token"),
            ({"secondary_token": SECRET}, "Enter the id of the pixel"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(
        self, client: FlaskClient, world: World, typed: dict[str, str], fault: str
    ) -> None:
        world.install()
        before = choices(world)
        answer = client.post(PAGE, data=form(**typed), headers=world.staff())

        assert answer.status_code == 422
        assert fault in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "<script" not in answer.text
        assert choices(world) == before
        assert SECRET not in answer.text

    def test_is_not_for_a_role_that_may_only_read(self, client: FlaskClient, world: World) -> None:
        world.install()
        before = choices(world)
        for role in ("Data", "Partner", "", "admin owner"):
            headers = world.staff(role=role)
            assert client.post(PAGE, data=form(enabled=None), headers=headers).status_code == 403
        assert choices(world) == before


class TestAnotherSitesPage:
    @pytest.mark.parametrize(
        "told",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
        ],
    )
    @pytest.mark.parametrize("path", [PAGE, "/session"])
    def test_changes_nothing(
        self, client: FlaskClient, world: World, told: dict[str, str], path: str
    ) -> None:
        world.install()
        headers = {**world.staff(), **told}
        answer = client.post(path, data=form(enabled=None), headers=headers)
        assert answer.status_code == 403
        assert choices(world).enabled

    @pytest.mark.parametrize(
        "told", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]
    )
    def test_is_not_our_own(self, client: FlaskClient, world: World, told: dict[str, str]) -> None:
        world.install()
        headers = {**world.staff(), **told}
        assert client.post(PAGE, data=form(enabled=None), headers=headers).status_code == 200

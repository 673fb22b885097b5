"""Settings as the winery's staff sees and changes them."""

import re

import pytest
from flask.testing import FlaskClient

from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from tests.builders import PIXEL, SECOND_PIXEL, TENANT, some_settings, two_pixels
from tests.conftest import World
from tests.web.forms import PAGE, SECRET, choices, form, token


def bar_of(html: str) -> str:
    """Return the bar at the foot of the page."""
    return html[html.index('id="save-bar"') : html.index('id="discard"')]


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
        assert "your role in Commerce7 is Data" in html
        assert "These roles can make changes: Admin Owner, Admin." in html
        assert "Save Settings" not in html
        fields = re.findall(r'<(?:input|textarea)(?![^>]*type="hidden")[^>]*>', html)
        assert len(fields) > 30
        assert all(" disabled" in field for field in fields)


class TestSaving:
    def test_changes_what_was_typed_and_says_who_did_it(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        typed = form(
            event_AddToCart=None, channel_POS=None, primary_token=f" {SECRET}\n",
            secondary_pixel_id=f" {SECOND_PIXEL[:4]} {SECOND_PIXEL[4:]}", secondary_token=SECRET,
        )  # fmt: skip
        answer = client.post(PAGE, data=typed, headers=world.staff())

        assert answer.status_code == 200
        assert "<span>Saved.</span>" in answer.text
        saved = choices(world)
        assert [name for name, is_on in saved.events.items() if not is_on] == [
            EventName.ADD_TO_CART
        ]
        assert [name for name, is_on in saved.channels.items() if not is_on] == [Channel.POS]
        assert saved.roles() == (Role.PRIMARY, Role.SECONDARY)
        assert saved.pixel_of(Role.SECONDARY) == SECOND_PIXEL
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

    def test_keeps_what_a_form_does_not_hold(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(pixels=two_pixels(), test_event_code="TEST1"))
        before = choices(world)
        bare = {name: value for name, value in form().items() if value == "on"}
        assert client.post(PAGE, data=bare, headers=world.staff()).status_code == 200
        assert choices(world) == before

    def test_takes_every_choice_together(self, client: FlaskClient, world: World) -> None:
        world.install()
        typed = form(
            currency=" cad ", timezone="America/Vancouver", value_rule="subtotal",
            content_id="variant", consent_mode="required", ldu_other_states="on",
            checkout_email="on", remember_clicks="on",
            shop_domains="https://Shop.example.com/wines\n www.example.com, château.example",
            retention_days="365", alert_email=" Cellar@Example.com ", test_event_code="TEST12345",
            report="monthly",
        )  # fmt: skip
        answer = client.post(PAGE, data=typed, headers=world.staff())

        assert answer.status_code == 200
        assert choices(world) == some_settings(
            currency="CAD", timezone="America/Vancouver", value_rule="subtotal",
            content_id="variant", consent_mode="required", ldu_other_states=True,
            checkout_email=True, remember_clicks=True,
            shop_domains=("shop.example.com", "www.example.com", "xn--chteau-xta.example"),
            retention_days=365, alert_email="Cellar@Example.com", test_event_code="TEST12345",
            report="monthly",
        )  # fmt: skip

    @pytest.mark.parametrize(("pressed", "beside"), [("primary", 1), ("choices", 0)])
    def test_says_so_in_the_bar_and_beside_the_pixels_button(
        self, client: FlaskClient, world: World, pressed: str, beside: int
    ) -> None:
        world.install()
        saved = client.post(PAGE, data=form(pressed=pressed), headers=world.staff()).text
        assert saved.count("<span>Saved.</span>") == 1
        assert saved.count("</svg>Saved</p>") == beside
        refused = form(pressed=pressed, primary_pixel_id="1", currency="€")
        answer = client.post(PAGE, data=refused, headers=world.staff()).text
        assert "Not saved. Fix 2 fields:" in bar_of(answer)
        assert answer.count("</svg>Not saved</p>") == beside
        assert "Saved." not in answer

    @pytest.mark.parametrize(
        ("typed", "fault"),
        [
            ({"primary_pixel_id": "123"}, "A Pixel ID has 10 to 17 digits"),
            ({"primary_pixel_id": "<script>alert(1)</script>"}, "A Pixel ID has 10 to 17 digits"),
            ({"primary_token": "EAA"}, "That token looks incomplete"),
            ({"primary_token": "EAA\u202etokentokentokentoken"}, "That token looks incomplete"),
            ({"secondary_pixel_id": SECOND_PIXEL}, "Enter this pixel"),
            ({"secondary_token": SECRET}, "Enter the Pixel ID that"),
            (
                {"secondary_pixel_id": PIXEL, "secondary_token": SECRET},
                "Pixel ID of your primary pixel",
            ),
            ({"primary_pixel_id": ""}, "To stop using this pixel, remove it below"),
            ({"currency": "dollars"}, "three letters"),
            ({"currency": "€"}, "three letters"),
            ({"currency": "zzz"}, "not a currency code"),
            ({"timezone": "Pacific"}, "for example America/Los_Angeles"),
            ({"timezone": "../../etc/passwd"}, "for example America/Los_Angeles"),
            ({"value_rule": "everything"}, "Choose one of the options"),
            ({"shop_domains": "shop.example.com not_a_host"}, "“not_a_host” is not a domain"),
            ({"shop_domains": "https://["}, "is not a domain"),
            (
                {"shop_domains": " ".join(f"{n}.example.com" for n in range(51))},
                "Enter 50 or fewer",
            ),
            ({"retention_days": "6"}, "from 7 to 3650"),
            ({"retention_days": "3651"}, "from 7 to 3650"),
            ({"retention_days": "-90"}, "from 7 to 3650"),
            ({"retention_days": "٩٠"}, "from 7 to 3650"),
            ({"alert_email": "cellar"}, "This is not an e-mail address"),
            ({"alert_email": " ", "report": "weekly"}, "Enter an address for your report"),
            ({"report": "daily"}, "Choose one of the options"),
            ({"test_event_code": "TEST 1"}, "A Test Event Code looks like"),
        ],
    )
    def test_says_what_is_wrong_beside_the_field(
        self, client: FlaskClient, world: World, typed: dict[str, str], fault: str
    ) -> None:
        world.install()
        before = choices(world)
        answer = client.post(PAGE, data=form(**typed), headers=world.staff())

        assert answer.status_code == 422
        field = next(iter(typed))
        faulty = "secondary_token" if fault.startswith("Enter this pixel") else field
        faulty = "secondary_pixel_id" if fault.startswith("Enter the Pixel ID that") else faulty
        assert fault in answer.text
        assert f'id="{faulty}_fault"' in answer.text
        assert f'<a href="#{faulty}">' in bar_of(answer.text)
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
        "origin",
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
        self, client: FlaskClient, world: World, origin: dict[str, str], path: str
    ) -> None:
        world.install()
        headers = {**world.staff(), **origin}
        answer = client.post(path, data=form(enabled=None), headers=headers)
        assert answer.status_code == 403
        assert choices(world).enabled

    @pytest.mark.parametrize(
        "origin", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}]
    )
    def test_is_not_our_own(
        self, client: FlaskClient, world: World, origin: dict[str, str]
    ) -> None:
        world.install()
        headers = {**world.staff(), **origin}
        assert client.post(PAGE, data=form(enabled=None), headers=headers).status_code == 200

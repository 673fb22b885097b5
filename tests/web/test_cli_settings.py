"""The operator's command takes and refuses the same settings as the Configuration tab."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, TenantSettings
from tests.apps import started_app
from tests.builders import PIXEL, SECOND_PIXEL, TENANT, some_settings
from tests.conftest import World, a_world
from tests.web.forms import SECRET, choices, form

HOSTS = [f"shop-{number}.example.com" for number in range(60)]
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" \t\n.@-0"),
    max_size=30,
)
VALUES: dict[str, list[object]] = {
    "currency": ["USD", "usd", " EUR ", "", "ZZZ", "XXX", "US", "840", "USD\n", "ÜSD"],
    "timezone": [
        "America/Denver",
        " Europe/Paris ",
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "UTC\n",
        "a" * 5000,
    ],
    "test_event_code": ["TEST12345", " TEST1 ", "", "TEST 1", "T" * 64, "T" * 65, "TËST", "T\n"],
    "alert_email": [
        "you@example.com",
        " You@example.com\n",
        "",
        "you",
        "a@b",
        "a@b.co, c@d.co",
        "you@example.com\nBcc: them@example.com",
        f"{'a.' * 130}a@example.com",
    ],
    "retention_days": [7, 6, 3650, 3651, 0, -5, 90, 10**6, 10**30],
    "value_rule": ["total", "subtotal", "gross", "", "Total"],
    "content_id": ["sku", "variant", "product", "upc"],
    "consent_mode": ["off", "required", "maybe"],
    "report": ["off", "weekly", "monthly", "daily"],
    "shop_domains": [
        ["shop.example.com"],
        ["https://Shop.example.com/wines", "shop.example.com"],
        [],
        ["château.example"],
        ["shop"],
        ["shop.example.com", "a_b.example"],
        ["127.0.0.1:80"],
        HOSTS[:50],
        HOSTS[:51],
        ["[::1]"],
        ["javascript:alert(1)"],
        ["a" * 300 + ".example"],
    ],
}
CASES = [(name, value) for name, values in VALUES.items() for value in values]


@pytest.fixture
def winery(world: World) -> World:
    """Return a world whose winery has a primary pixel and its token."""
    world.install()
    return world


def by_command(app: Flask, world: World, *args: str, text: str = "") -> TenantSettings | None:
    """Return the settings after the command; `None` if it refused, and changed nothing."""
    before = choices(world)
    done = app.test_cli_runner().invoke(args=["tenant", "configure", TENANT, *args], input=text)
    assert done.exit_code in {0, 2}, done.output
    if done.exit_code:
        assert choices(world) == before
        return None
    return choices(world)


def by_form(client: FlaskClient, world: World, **fields: Any) -> TenantSettings | None:
    """Return the settings after saving the form; `None` if it was refused, and nothing changed."""
    before = choices(world)
    answer = client.post("/configuration", data=form(**fields), headers=world.staff())
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert choices(world) == before
        return None
    return choices(world)


def typed(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def assert_both_agree(app: Flask, world: World, name: str, value: object) -> TenantSettings | None:
    """Give the value to both, each from the same settings, and return what both made of it."""
    world.install()
    saved = by_form(FlaskClient(app), world, **{name: typed(value)})
    world.install()
    set_ = by_command(app, world, "--set", f"{name}={json.dumps(value)}")
    assert set_ == saved, f"{name}={value!r}"
    return saved


class TestASetting:
    @pytest.mark.parametrize(("name", "value"), CASES, ids=lambda each: ascii(each)[:30])
    def test_is_taken_or_refused_by_both(
        self, app: Flask, world: World, name: str, value: object
    ) -> None:
        assert_both_agree(app, world, name, value)

    @pytest.mark.thorough
    def test_of_any_text_is_taken_or_refused_by_both(self) -> None:
        outcomes = set()

        @given(
            name=st.sampled_from(["currency", "timezone", "test_event_code", "alert_email"]),
            text=WORDS,
        )
        def both_agree(name: str, text: str) -> None:
            outcomes.add(assert_both_agree(app, world, name, text) is None)

        with a_winery() as (app, world):
            both_agree()
        assert outcomes == {True, False}

    @pytest.mark.parametrize(
        ("setting", "says"),
        [
            ('events={"Nonsense":false}', "Nonsense"),
            ('events={"Purchase":"no"}', "events"),
            ("events=[]", "events"),
            ("events=null", "events"),
            ('channels={"Fax":true}', "Fax"),
            ('channels={"POS":1}', "channels"),
            ('enabled="on"', "enabled"),
            ("enabled=1", "enabled"),
            ("ldu_other_states=null", "ldu_other_states"),
            ('retention_days="90"', "retention_days"),
            ("retention_days=90.5", "retention_days"),
            ("retention_days=true", "retention_days"),
            ("alert_email=null", "alert_email"),
            ('shop_domains="shop.example.com"', "shop_domains"),
            ("shop_domains=[1]", "shop_domains"),
            ('pixels.primary.id="1"', "unknown setting"),
            ("version=1", "unknown setting"),
        ],
    )
    def test_of_the_wrong_type_or_name_is_refused(
        self, app: Flask, winery: World, setting: str, says: str
    ) -> None:
        before = choices(winery)
        done = app.test_cli_runner().invoke(args=["tenant", "configure", TENANT, "--set", setting])
        assert done.exit_code == 2
        assert says in done.output
        assert choices(winery) == before

    def test_that_is_a_switch_is_switched_by_both(self, app: Flask, winery: World) -> None:
        off = {"event_Lead": None, "channel_Club": None, "enabled": None}
        saved = by_form(FlaskClient(app), winery, **off)
        winery.install()
        args = [
            "--set",
            'events={"Lead":false}',
            "--set",
            'channels={"Club":false}',
            "--set",
            "enabled=false",
        ]
        assert by_command(app, winery, *args) == saved
        assert saved is not None
        assert not saved.events[EventName.LEAD]
        assert not saved.channels[Channel.CLUB]


class TestAPixel:
    @pytest.mark.parametrize("role", Role)
    @pytest.mark.parametrize(
        "pixel_id",
        [
            PIXEL,
            SECOND_PIXEL,
            f" {SECOND_PIXEL} ",
            "123",
            "1" * 18,
            "12/34",
            "\N{FULLWIDTH DIGIT ONE}" * 10,
            "x" * 15,
        ],
    )
    @pytest.mark.parametrize("token", [SECRET, ""])
    def test_is_taken_or_refused_by_both(
        self, app: Flask, winery: World, role: Role, pixel_id: str, token: str
    ) -> None:
        fields = {f"{role}_pixel_id": pixel_id, f"{role}_token": token}
        saved = by_form(FlaskClient(app), winery, **fields)
        with a_winery() as (other, world):
            prefix = "" if role is Role.PRIMARY else "secondary-"
            args = [f"--{prefix}pixel-id", pixel_id, *([f"--{prefix}token-stdin"] if token else [])]
            set_ = by_command(other, world, *args, text=f"{token}\n")
        assert set_ == saved

    @pytest.mark.parametrize(
        "token",
        ["two words here, of one token", "EAA<script>alert</script>", "E" * 1001, "EAAé" * 9],
    )
    def test_has_a_token_that_can_be_one(self, app: Flask, winery: World, token: str) -> None:
        assert by_command(app, winery, "--token-stdin", text=f"{token}\n") is None

    def test_that_lost_its_token_keeps_no_other_setting_from_being_saved(
        self, app: Flask, world: World
    ) -> None:
        world.install(replace(some_settings(), currency="USD"))
        world.services.tenants.update_token(TENANT, Role.PRIMARY, lambda _: None)
        saved = by_command(app, world, "--set", 'currency="EUR"')
        assert saved is not None
        assert saved.currency == "EUR"


@contextmanager
def a_winery() -> Iterator[tuple[Flask, World]]:
    """Lend an app of its own, around a winery with a primary pixel and its token."""
    with a_world() as world:
        world.install()
        yield started_app(world.services, name="another"), world

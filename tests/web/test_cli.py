import json
from pathlib import Path

import pytest
from flask import Flask

from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, TenantSettings
from service.usecases.intake.receive_signal import Receipt
from tests.builders import (
    PIXEL,
    SECOND_PIXEL,
    TENANT,
    TOKEN,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World

MARKER = "EAAmarkertoken"


def chosen(world: World) -> TenantSettings | None:
    tenant = world.services.tenants.find(TENANT)
    return tenant.choices if tenant else None


class TestTenantConfigure:
    def test_creates_a_tenant_and_seals_its_token(self, app: Flask, world: World) -> None:
        result = app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, "--pixel-id", PIXEL, "--token-stdin",
                  "--set", 'currency="USD"'],
            input=f"{MARKER}\n",
        )  # fmt: skip

        assert (result.exit_code, result.output) == (0, f"{TENANT} is configured.\n")
        settings = chosen(world)
        assert settings is not None
        assert (settings.pixels.primary.id, settings.currency) == (PIXEL, "USD")
        sealed = world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        assert sealed is not None
        assert world.services.vault.unseal(TENANT, sealed) == MARKER.encode()
        assert MARKER.encode() not in Path(world.file).read_bytes()

    def test_changes_the_given_settings_and_keeps_the_others(
        self, app: Flask, world: World
    ) -> None:
        world.install()
        result = app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, "--secondary-pixel-id", SECOND_PIXEL,
                  "--secondary-token-stdin", "--set", 'channels={"POS":false}'],
            input=f"{MARKER}\n",
        )  # fmt: skip

        assert result.exit_code == 0, result.output
        settings = chosen(world)
        assert settings is not None
        assert settings.currency == "USD"
        assert settings.roles() == (Role.PRIMARY, Role.SECONDARY)
        assert settings.channels == {**dict.fromkeys(Channel, True), Channel.POS: False}

    def test_refuses_one_pixel_for_both_roles(self, app: Flask, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        for option, pixel_id in (("--pixel-id", SECOND_PIXEL), ("--secondary-pixel-id", PIXEL)):
            args = ["tenant", "configure", TENANT, option, pixel_id]
            result = app.test_cli_runner().invoke(args=args)

            assert result.exit_code == 2
            assert (
                "pixels.secondary.id: This is the Pixel ID of your primary pixel" in result.output
            )
            settings = chosen(world)
            assert settings is not None
            assert settings.pixels == two_pixels()

    def test_reads_the_primary_pixels_token_first(self, app: Flask, world: World) -> None:
        both = ["--token-stdin", "--secondary-token-stdin"]
        app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, *both], input="first\nsecond\n"
        )

        for role, token in ((Role.PRIMARY, b"first"), (Role.SECONDARY, b"second")):
            sealed = world.services.tenants.sealed_token(TENANT, role)
            assert sealed is not None
            assert world.services.vault.unseal(TENANT, sealed) == token

    def test_refuses_a_token_that_no_header_can_carry(self, app: Flask, world: World) -> None:
        result = app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, "--token-stdin"], input="töken\n"
        )

        assert result.exit_code == 2
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) is None

    @pytest.mark.parametrize(
        ("args", "says"),
        [
            (["../etc"], "lower-case letters"),
            ([TENANT, "--pixel-id", "12/34"], "10 to 17 digits"),
            ([TENANT, "--set", "nonsense=1"], "unknown setting 'nonsense'"),
            ([TENANT, "--set", "pixels={}"], "unknown setting 'pixels'"),
            ([TENANT, "--set", "currency=USD"], "currency takes JSON"),
            ([TENANT, "--set", 'value_rule="gross"'], "value_rule"),
            ([TENANT, "--set", 'currency="dollars"'], "currency"),
            ([TENANT, "--set", "retention_days=-5"], "retention_days"),
            ([TENANT, "--set", 'currency="ZZZ"'], "currency: This is not a currency code"),
            ([TENANT, "--set", 'timezone="Mars/Olympus"'], "timezone: This is not a time zone"),
            ([TENANT, "--set", 'shop_domains=["shop"]'], "shop_domains: “shop” is not a domain"),
            ([TENANT, "--set", 'alert_email="you"'], "alert_email: This is not an e-mail address"),
            (
                [TENANT, "--set", 'test_event_code="T 1"'],
                "test_event_code: A Test Event Code looks like",
            ),
            ([TENANT, "--token-stdin"], "no access token for the primary pixel"),
        ],
    )
    def test_says_what_is_wrong_and_changes_nothing(
        self, app: Flask, world: World, args: list[str], says: str
    ) -> None:
        result = app.test_cli_runner().invoke(args=["tenant", "configure", *args], input="")

        assert result.exit_code == 2
        assert says in result.output
        assert world.services.tenants.find(TENANT) is None


def run(app: Flask, *args: str, text: str = "") -> str:
    result = app.test_cli_runner().invoke(args=["tenant", *args], input=text)
    assert result.exit_code == 0, result.output
    return result.output


def receive(world: World, tenant_id: str = TENANT) -> Receipt:
    return world.receive(a_signal(an_order()), tenant_id=tenant_id).receipt


@pytest.mark.parametrize("token", ["two words", "EAA\tx", "EAAé"])
def test_a_token_that_cannot_be_one_is_refused(app: Flask, world: World, token: str) -> None:
    result = app.test_cli_runner().invoke(
        args=["tenant", "configure", TENANT, "--token-stdin"], input=token
    )

    assert result.exit_code == 2
    assert token not in result.output
    assert world.services.tenants.ids() == []


class TestTenantList:
    def test_names_every_tenant(self, app: Flask, world: World) -> None:
        assert run(app, "list") == ""
        world.install(tenant_id="b-winery")
        world.install(tenant_id="a-winery")
        assert run(app, "list") == "a-winery\nb-winery\n"


class TestTenantShow:
    def test_prints_settings_and_state_and_no_token(self, app: Flask, world: World) -> None:
        world.install()
        receive(world)
        output = run(app, "show", TENANT)

        shown = json.loads(output)
        assert shown["tenant_id"] == TENANT
        assert shown["settings"]["currency"] == "USD"
        assert shown["has_token"] == {"primary": True, "secondary": False}
        assert shown["events"] == {"queued": 1}
        assert TOKEN not in output
        assert "gAAAA" not in output


class TestTenantPause:
    def test_switches_everything_off_until_resumed(self, app: Flask, world: World) -> None:
        world.install()
        assert run(app, "pause", TENANT) == f"{TENANT} is paused.\n"
        receive(world)
        assert world.row().reason == "switched off"

        assert run(app, "resume", TENANT) == f"{TENANT} sends again.\n"
        settings = chosen(world)
        assert settings is not None
        assert (settings.enabled, settings.currency) == (True, "USD")


class TestTenantErase:
    def test_leaves_nothing_but_locks(self, app: Flask, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        for tenant_id in (TENANT, "other-winery"):
            receive(world, tenant_id)
        key = world.row().key

        assert run(app, "erase", TENANT, "--yes") == f"{TENANT} is erased, with 1 log rows.\n"

        assert world.services.tenants.ids() == ["other-winery"]
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) is None
        lock = world.services.events.find(TENANT, key)
        assert lock is not None
        assert an_order().id not in str(lock.record)
        assert (lock.record.payload, lock.record.custom, lock.record.match_keys) == (None, None, ())
        assert receive(world) is Receipt.UNKNOWN_TENANT
        assert world.row("other-winery").status is Status.QUEUED

    def test_keeps_an_order_from_being_reported_again_after_a_new_install(
        self, app: Flask, world: World
    ) -> None:
        world.install()
        receive(world)
        run(app, "erase", TENANT, "--yes")
        world.install()

        assert receive(world) is Receipt.DUPLICATE

    @pytest.mark.parametrize("answer", ["", "n\n"])
    def test_asks_for_confirmation(self, app: Flask, world: World, answer: str) -> None:
        world.install()
        result = app.test_cli_runner().invoke(args=["tenant", "erase", TENANT], input=answer)

        assert result.exit_code == 1
        assert world.services.tenants.ids() == [TENANT]

    def test_does_not_ask_with_yes(self, app: Flask, world: World) -> None:
        world.install()
        assert "is erased" in run(app, "erase", TENANT, text="y\n")


@pytest.mark.parametrize("command", ["show", "pause", "resume"])
def test_an_unknown_tenant_is_an_error(app: Flask, command: str) -> None:
    result = app.test_cli_runner().invoke(args=["tenant", command, "nobody"])

    assert result.exit_code == 1
    assert "there is no tenant nobody; `tenant list` names them all" in result.output

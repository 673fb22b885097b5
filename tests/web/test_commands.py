from pathlib import Path

import pytest
from flask import Flask

from service.domain.order import Channel
from service.domain.tenant import Role
from tests.builders import PIXEL, SECOND_PIXEL, TENANT
from tests.conftest import World

MARKER = "EAAmarkertoken"


class TestTenantConfigure:
    def test_creates_a_tenant_and_seals_its_token(self, app: Flask, world: World) -> None:
        result = app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, "--pixel-id", PIXEL, "--token-stdin",
                  "--set", 'currency="USD"'],
            input=f"{MARKER}\n",
        )  # fmt: skip

        assert (result.exit_code, result.output) == (0, f"{TENANT} is configured.\n")
        settings = world.services.tenants.settings(TENANT)
        assert settings is not None
        assert (settings.pixels.primary.id, settings.currency) == (PIXEL, "USD")
        sealed = world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        assert sealed is not None
        assert world.services.vault.unseal(TENANT, sealed) == MARKER.encode()
        assert MARKER.encode() not in Path(world.file).read_bytes()

    def test_changes_what_is_named_and_keeps_the_rest(self, app: Flask, world: World) -> None:
        world.install()
        result = app.test_cli_runner().invoke(
            args=["tenant", "configure", TENANT, "--secondary-pixel-id", SECOND_PIXEL,
                  "--secondary-token-stdin", "--set", 'channels={"POS":false}'],
            input=f"{MARKER}\n",
        )  # fmt: skip

        assert result.exit_code == 0, result.output
        settings = world.services.tenants.settings(TENANT)
        assert settings is not None
        assert settings.currency == "USD"
        assert settings.roles() == (Role.PRIMARY, Role.SECONDARY)
        assert settings.channels == {Channel.POS: False}

    @pytest.mark.parametrize(
        ("args", "says"),
        [
            (["../etc"], "lower-case letters"),
            ([TENANT, "--pixel-id", "12/34"], "10 to 17 digits"),
            ([TENANT, "--set", "nonsense=1"], "unknown setting 'nonsense'"),
            ([TENANT, "--set", "pixels={}"], "unknown setting 'pixels'"),
            ([TENANT, "--set", "currency=USD"], "currency takes JSON"),
            ([TENANT, "--set", 'value_rule="gross"'], "value_rule"),
            ([TENANT, "--token-stdin"], "no access token for the primary pixel"),
        ],
    )
    def test_says_what_is_wrong_and_changes_nothing(
        self, app: Flask, world: World, args: list[str], says: str
    ) -> None:
        result = app.test_cli_runner().invoke(args=["tenant", "configure", *args], input="")

        assert result.exit_code == 2
        assert says in result.output
        assert world.services.tenants.settings(TENANT) is None

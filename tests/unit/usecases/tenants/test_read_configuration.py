"""The Configuration tab shows the end of each token, and no more."""

from collections.abc import Mapping

import pytest

from service.domain.tenants.tenant import Role
from service.usecases.tenants.read_configuration import read_configuration
from tests.builders import TENANT, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import remove_tokens, save_token


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install(some_settings(pixels=two_pixels()))


def ends(world: World) -> Mapping[Role, str]:
    configuration = read_configuration(TENANT, services=world.services)
    assert configuration is not None
    return {role: token.end for role, token in configuration.tokens.items()}


class TestTheEndOfAToken:
    def test_is_its_last_four_characters(self, world: World) -> None:
        assert ends(world) == {Role.PRIMARY: "mary", Role.SECONDARY: "dary"}

    def test_is_empty_for_an_unreadable_token(self, world: World) -> None:
        save_token(world.services.tenants, TENANT, Role.PRIMARY, "damaged")
        assert ends(world) == {Role.PRIMARY: "", Role.SECONDARY: "dary"}

    def test_is_not_there_without_a_token(self, world: World) -> None:
        remove_tokens(world.services.tenants, TENANT, Role.PRIMARY)
        assert ends(world) == {Role.SECONDARY: "dary"}

    def test_is_not_shown_for_a_short_token(self, world: World) -> None:
        short = world.services.vault.seal(TENANT, b"123456789012345")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, short)
        assert ends(world)[Role.PRIMARY] == ""

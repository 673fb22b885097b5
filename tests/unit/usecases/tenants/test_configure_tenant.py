import pytest

from service.domain.copies import replace
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role, TenantSettings
from service.ports import Services
from service.usecases.tenants.configure_tenant import (
    SettingsConflictError,
    change_settings,
    configure_tenant,
    seen_as,
)
from service.usecases.tenants.read_configuration import read_configuration
from tests.builders import OLIVE, TENANT, TOKEN, some_settings, two_pixels
from tests.conftest import World
from tests.unit.usecases.interruptions import preceded

UNSEALABLE = "\ud800"


class TestConfigureTenant:
    def test_shows_no_settings_before_their_tokens_are_safe(self, world: World) -> None:
        tokens = {Role.PRIMARY: UNSEALABLE}
        with pytest.raises(UnicodeEncodeError):
            configure_tenant(
                TENANT, some_settings(), tokens=tokens, by=OPERATOR, services=world.services
            )

        assert world.services.tenants.find(TENANT) is None

    def test_leaves_a_token_alone_that_is_not_given(self, world: World) -> None:
        world.install()
        configure_tenant(TENANT, some_settings(), tokens={}, by=OPERATOR, services=world.services)

        sealed = world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        assert sealed is not None
        assert world.services.vault.unseal(TENANT, sealed).decode() == f"{TOKEN}primary"


class TestTwoConcurrentSaves:
    """Both have read the same settings, and the second one writes after the first one."""

    def token(self, world: World, role: Role = Role.PRIMARY) -> str:
        sealed = world.services.tenants.sealed_token(TENANT, role)
        assert sealed is not None
        return world.services.vault.unseal(TENANT, sealed).decode()

    def test_the_second_gets_a_conflict_and_saves_nothing(self, world: World) -> None:
        world.install()
        seen, hers = some_settings(), some_settings(value_rule="subtotal")

        def save(settings: TenantSettings, token: str, services: Services) -> None:
            change_settings(
                TENANT,
                seen_as(seen.version, settings),
                tokens={Role.PRIMARY: token},
                by=OLIVE,
                services=services,
            )

        tenants = preceded(
            world.services.tenants, "update", by=lambda: save(hers, "EAAhers", world.services)
        )
        late = replace(world.services, tenants=tenants)
        with pytest.raises(SettingsConflictError):
            save(some_settings(enabled=False), "EAAhis", late)

        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.choices, self.token(world)) == (hers, "EAAhers")

    def test_of_two_tokens_the_later_one_is_a_conflict(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        before = read_configuration(TENANT, services=world.services)
        assert before is not None
        versions = {role: each.version for role, each in before.tokens.items()}

        def save(tokens: dict[Role, str], services: Services) -> None:
            change_settings(
                TENANT,
                lambda known: known,
                tokens=tokens,
                token_versions=versions,
                by=OLIVE,
                services=services,
            )

        hers = {Role.SECONDARY: "EAAhers"}
        tenants = preceded(
            world.services.tenants, "update_token", by=lambda: save(hers, world.services), at=2
        )
        late = replace(world.services, tenants=tenants)
        with pytest.raises(SettingsConflictError):
            save({Role.PRIMARY: "EAAhis", Role.SECONDARY: "EAAhis"}, late)

        assert self.token(world) == f"{TOKEN}primary"
        assert self.token(world, Role.SECONDARY) == "EAAhers"

    def test_older_settings_are_a_conflict_before_anything_is_written(self, world: World) -> None:
        world.install()
        entries = world.services.audit.newest(TENANT, limit=9)
        with pytest.raises(SettingsConflictError):
            change_settings(
                TENANT,
                seen_as("an older version", some_settings(enabled=False)),
                tokens={Role.PRIMARY: "EAAhis"},
                by=OLIVE,
                services=world.services,
            )
        assert world.services.audit.newest(TENANT, limit=9) == entries
        assert self.token(world) != "EAAhis"

import pytest

from service.domain.staff import OPERATOR
from service.domain.tenant import Role
from service.usecases.configure_tenant import configure_tenant
from tests.builders import TENANT, TOKEN, some_settings
from tests.conftest import World

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

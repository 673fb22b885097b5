import pytest

from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted
from service.usecases.tenants.installed_tenant import installed_tenant, known_tenant
from tests.builders import TENANT
from tests.conftest import World
from tests.tenants import save_installation


def set_state(world: World, state: InstallState) -> None:
    world.install()
    save_installation(world.services.tenants, TENANT, Installation(state=state))


def read(world: World, *, is_fresh: bool) -> Tenant | None:
    return installed_tenant(TENANT, services=world.services, is_fresh=is_fresh)


@pytest.mark.parametrize("is_fresh", [False, True])
class TestAWinery:
    @pytest.mark.parametrize("state", [InstallState.ACTIVE, InstallState.HELD])
    def test_is_found_where_we_are_installed(
        self, world: World, state: InstallState, *, is_fresh: bool
    ) -> None:
        set_state(world, state)
        found = read(world, is_fresh=is_fresh)
        assert found is not None
        assert found.id == TENANT

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_is_not_where_we_are_not(
        self, world: World, state: InstallState, *, is_fresh: bool
    ) -> None:
        set_state(world, state)
        assert read(world, is_fresh=is_fresh) is None

    def test_that_is_unknown_is_not(self, world: World, *, is_fresh: bool) -> None:
        assert read(world, is_fresh=is_fresh) is None


def test_an_unknown_winery_wants_nothing(world: World) -> None:
    tenant = known_tenant("stranger", services=world.services)
    unwanted = why_unwanted(tenant, EventName.PURCHASE)
    assert tenant.id == "stranger"
    assert unwanted is not None
    assert unwanted.reason is Reason.NOT_INSTALLED

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import StoreUnavailableError
from service.usecases.sweep import sweep_due
from service.usecases.task_bodies import (
    AnyTask,
    CheckInstallation,
    ReadShop,
    parse_task,
)
from service.usecases.tenants.record_install import record_install, record_uninstall
from tests.builders import NOW, TENANT, some_settings
from tests.conftest import GRACE, World
from tests.tenants import save_installation

REMOVED = Installation(state=InstallState.REMOVED, purge_at=NOW + GRACE)
SHOP = ReadShop(tenant_id=TENANT)
CHECK = CheckInstallation(tenant_id=TENANT)


def install(world: World, *, is_proven: bool = False) -> Installation:
    return record_install(TENANT, is_proven=is_proven, now=world.clock(), services=world.services)


def uninstall(world: World) -> Installation | None:
    return record_uninstall(TENANT, now=world.clock(), services=world.services)


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


def tasks(world: World) -> list[AnyTask]:
    return [parse_task(task.body) for task in world.queue.tasks]


class TestAProvenInstall:
    def test_is_active_at_once_and_its_shop_is_asked(self, world: World) -> None:
        assert install(world, is_proven=True) == Installation()
        assert tenant(world).installation == Installation()
        assert tenant(world).choices.roles() == ()
        assert tasks(world) == [SHOP]

    def test_reported_again_changes_nothing_and_makes_no_task(self, world: World) -> None:
        world.install()
        before = tenant(world)
        install(world, is_proven=True)
        assert tenant(world) == before
        assert tasks(world) == []

    def test_brings_a_removed_winery_back_with_its_settings(self, world: World) -> None:
        world.install(some_settings(currency="CAD"))
        save_installation(world.services.tenants, TENANT, REMOVED)
        install(world, is_proven=True)

        assert tenant(world).installation == Installation()
        assert tenant(world).choices == some_settings(currency="CAD")

    def test_ends_the_doubt_about_an_uninstall(self, world: World) -> None:
        world.install()
        uninstall(world)
        install(world, is_proven=True)
        assert tenant(world).installation == Installation()


class TestAnUnprovenInstall:
    def test_waits_for_an_access_check(self, world: World) -> None:
        noted = install(world)
        assert noted == Installation(state=InstallState.PENDING, check_at=NOW, purge_at=NOW + GRACE)
        assert tenant(world).installation == noted
        assert tasks(world) == [CHECK]
        assert world.queue.tasks[0].delay == timedelta(0)

    def test_of_an_active_winery_changes_nothing(self, world: World) -> None:
        world.install()
        before = tenant(world)
        assert install(world) == Installation()
        assert tenant(world) == before
        assert tasks(world) == []

    def test_of_a_removed_winery_schedules_an_access_check(self, world: World) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, REMOVED)
        install(world)
        assert tenant(world).installation.state is InstallState.REMOVED
        assert tenant(world).installation.check_at == NOW
        assert tasks(world) == [CHECK]

    def test_reported_again_changes_nothing_and_makes_no_task(self, world: World) -> None:
        before = install(world)
        world.clock.advance(timedelta(hours=1))
        assert install(world) == before
        assert tasks(world) == [CHECK]

    def test_of_a_winery_that_commerce7_refused_a_moment_ago_waits(self, world: World) -> None:
        refused_at = NOW - timedelta(minutes=3)
        noted = record_install(
            TENANT, is_proven=False, now=NOW, services=world.services, refused_at=refused_at
        )
        assert noted.check_at == NOW + timedelta(minutes=7)
        assert world.queue.tasks[0].delay == timedelta(minutes=7)


class TestAnUninstall:
    def test_schedules_an_access_check_and_leaves_the_winery_as_it_is(self, world: World) -> None:
        world.install()
        before = tenant(world)
        noted = uninstall(world)
        assert noted == Installation(is_leaving=True, check_at=NOW)
        assert tenant(world).installation == noted
        assert tenant(world).choices == before.choices
        assert tasks(world) == [CHECK]

    def test_reported_again_and_again_makes_no_more_tasks(self, world: World) -> None:
        world.install()
        for _ in range(30):
            uninstall(world)
            world.clock.advance(timedelta(seconds=1))
        assert tasks(world) == [CHECK]

    def test_of_a_winery_that_we_do_not_know_leaves_nothing(self, world: World) -> None:
        assert uninstall(world) is None
        assert world.services.tenants.ids() == []
        assert world.queue.tasks == []

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_of_a_winery_that_is_not_installed_changes_nothing(
        self, world: World, state: InstallState
    ) -> None:
        known = Installation(state=state, purge_at=NOW + GRACE)
        save_installation(world.services.tenants, TENANT, known)
        assert uninstall(world) == known
        assert tenant(world).installation == known
        assert world.queue.tasks == []

    def test_is_of_this_winery_alone(self, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        uninstall(world)
        other = world.services.tenants.find("other-winery")
        assert other is not None
        assert other.installation == Installation()


@pytest.mark.parametrize("is_install", [True, False])
def test_a_report_while_the_queue_was_down_is_found_by_the_sweep(
    world: World, *, is_install: bool
) -> None:
    if not is_install:
        world.install()
    world.queue.is_down = True
    noted = install(world) if is_install else uninstall(world)
    assert noted is not None
    assert noted.check_at == NOW
    world.queue.is_down = False

    sweep_due(now=NOW, services=world.services)
    assert CHECK in tasks(world)


@pytest.mark.parametrize("tell", [install, uninstall])
def test_a_report_while_the_store_is_down_is_an_error(
    world: World,
    close_file: Callable[[], None],
    tell: Callable[[World], Installation | None],
) -> None:
    close_file()
    with pytest.raises(StoreUnavailableError):
        tell(world)
    assert world.queue.tasks == []

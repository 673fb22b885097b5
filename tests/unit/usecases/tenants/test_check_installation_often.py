"""Access checks after many reports, or for which there is no room."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, ShopError
from service.usecases.task_bodies import CheckInstallation, parse_task
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.record_install import record_uninstall
from tests.builders import NOW, TENANT, a_signal, an_order
from tests.conftest import World
from tests.tenants import save_installation

SECOND = timedelta(seconds=1)
CHECK = CheckInstallation(tenant_id=TENANT)


def check(world: World) -> Installation | None:
    return check_installation(TENANT, now=world.clock(), services=world.services)


def forge(world: World) -> None:
    record_uninstall(TENANT, now=world.clock(), services=world.services)


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


class TestACheckOfAWineryThatMayHaveLeft:
    @pytest.mark.parametrize("retry_after", [None, timedelta(minutes=7)])
    @pytest.mark.parametrize("state", [InstallState.ACTIVE, InstallState.HELD])
    def test_changes_nothing_where_we_or_commerce7_want_fewer(
        self, world: World, state: InstallState, retry_after: timedelta | None
    ) -> None:
        world.install()
        known = Installation(state=state, is_leaving=True, check_at=NOW, checks=2)
        save_installation(world.services.tenants, TENANT, known)
        refusal = ShopError(Refusal.TOO_OFTEN, retry_after=retry_after)
        world.shops.refusals["check_access"] = refusal
        later = NOW + (retry_after or timedelta(seconds=15))
        assert check(world) == replace(known, check_at=later) == tenant(world).installation
        task = world.queue.tasks[-1]
        assert (parse_task(task.body), NOW + task.delay) == (CHECK, later)

    def test_counts_though_the_report_is_repeated_meanwhile(self, world: World) -> None:
        world.install()
        record_uninstall(TENANT, now=NOW, services=world.services)
        world.shops.meanwhile = lambda: forge(world)
        after = check(world)
        assert after == tenant(world).installation
        assert after is not None
        assert (after.checks, after.check_at) == (2, NOW + timedelta(minutes=1))


class TestAFloodOfForgedUninstalls:
    def test_neither_holds_an_order_nor_hides_a_true_one(self, world: World) -> None:
        world.install()
        for second in range(600):
            forge(world)
            if second % 60 == 0:
                received = world.receive(a_signal(an_order(id=f"order-{second}")))
                assert received.record is not None
                world.send(received.record)
            check(world)
            assert tenant(world).installation.state is InstallState.ACTIVE
            world.clock.advance(SECOND)
        assert len(world.meta.sent) == 10
        assert len(world.shops.asked) <= 12
        assert len(world.queue.tasks) <= 10 + 12 + 12

        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        forge(world)
        world.clock.advance(timedelta(minutes=1))
        check(world)
        assert tenant(world).installation.state is InstallState.REMOVED

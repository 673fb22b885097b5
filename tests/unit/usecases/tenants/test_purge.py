"""The data of a winery that left, within the grace period and after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.records.record import Status
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Role
from service.ports import Refusal, SealedSignal, Services, ShopError
from service.usecases.delivery.send_event import Attempted
from service.usecases.intake.receive_signal import Receipt
from service.usecases.sweep import sweep_due
from service.usecases.task_bodies import CheckInstallation, parse_task
from service.usecases.tenants.bound_unproven import MOST_UNPROVEN_WINERIES, bound_unproven
from service.usecases.tenants.check_installation import _MOST_ROWS, check_installation
from service.usecases.tenants.configure_tenant import configure_tenant
from service.usecases.tenants.record_install import record_install, record_uninstall
from tests.builders import (
    NOW,
    OLIVE,
    TENANT,
    a_delivery,
    a_record,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import GRACE, World
from tests.tenants import save_installation
from tests.unit.usecases.interruptions import followed

MOMENT = timedelta(microseconds=1)
DONE = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)


def check(world: World) -> Installation | None:
    return check_installation(TENANT, now=world.clock(), services=world.services)


def leave(world: World) -> None:
    record_uninstall(TENANT, now=world.clock(), services=world.services)
    world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
    removed = check(world)
    assert removed is not None
    assert removed.state is InstallState.REMOVED


def come_back(world: World, *, is_proven: bool) -> None:
    record_install(TENANT, is_proven=is_proven, now=world.clock(), services=world.services)
    del world.shops.refusals["check_access"]
    check(world)


class TestAWineryThatIsBackInTime:
    @pytest.mark.parametrize("is_proven", [True, False])
    def test_has_its_settings_and_log_and_must_enter_its_tokens(
        self, world: World, *, is_proven: bool
    ) -> None:
        world.record_an_order()
        leave(world)
        world.clock.advance(GRACE - MOMENT)
        come_back(world, is_proven=is_proven)

        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.installation, tenant.choices) == (Installation(), some_settings())
        assert (world.row().object_number, world.row().status) == ("2101", Status.SKIPPED)
        assert len(world.services.audit.newest(TENANT, limit=9)) == 1
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) is None

    def test_is_not_purged_later(self, world: World) -> None:
        world.record_an_order()
        leave(world)
        come_back(world, is_proven=True)
        world.clock.advance(GRACE)
        assert check(world) == Installation()
        assert world.row().object_number == "2101"

    def test_has_new_events_held_for_a_token_and_old_ones_not_made_again(
        self, world: World
    ) -> None:
        world.record_an_order()
        leave(world)
        come_back(world, is_proven=True)

        assert world.receive(a_signal(an_order())).receipt is Receipt.DUPLICATE
        received = world.receive(a_signal(an_order(id="new")))
        assert received.record is not None
        assert world.send(received.record).attempted is Attempted.HELD
        held = world.services.events.find(TENANT, received.record.key)
        assert held is not None
        reason = held.record.deliveries[Role.PRIMARY].reason
        assert reason == "no access token: enter one in the settings"
        assert world.meta.sent == []


class TestAWineryThatStaysAway:
    def test_is_purged_only_after_its_grace_period(self, world: World) -> None:
        world.record_an_order()
        leave(world)
        world.clock.advance(GRACE - MOMENT)
        kept = check(world)
        assert kept is not None
        assert kept.state is InstallState.REMOVED
        assert world.row().object_number == "2101"

    def test_leaves_nothing_but_locks(self, world: World) -> None:
        record = world.record_an_order()
        signal = SealedSignal(
            key="key", marks=("mark",), sealed="sealed", expires_at=NOW + 2 * GRACE
        )
        world.services.browser_signals.keep(TENANT, signal)
        leave(world)
        world.clock.advance(GRACE)

        assert check(world) is None
        services = world.services
        assert services.tenants.find(TENANT) is None
        assert services.audit.newest(TENANT, limit=9) == []
        assert services.events.newest(TENANT, limit=9) == []
        assert services.browser_signals.find(TENANT, ["mark"], now=world.clock(), limit=9) == []
        lock = services.events.find(TENANT, record.key)
        assert lock is not None
        assert (lock.record.cleared, lock.record.object_id, lock.record.custom) == (True, "", None)

    def test_has_no_event_made_twice_when_it_comes_back_at_last(self, world: World) -> None:
        world.record_an_order()
        leave(world)
        world.clock.advance(GRACE)
        check(world)
        world.install()
        assert world.receive(a_signal(an_order())).receipt is Receipt.DUPLICATE

    def test_may_have_a_log_that_takes_several_calls(self, world: World) -> None:
        world.install()
        leave(world)
        for number in range(_MOST_ROWS):
            record = a_record(key=str(number), deliveries={Role.PRIMARY: DONE})
            assert world.services.events.add(record)
        world.clock.advance(GRACE)
        world.queue.tasks.clear()

        still_there = check(world)
        assert still_there is not None
        assert world.services.tenants.find(TENANT) is not None
        assert [parse_task(task.body) for task in world.queue.tasks] == [
            CheckInstallation(tenant_id=TENANT)
        ]
        assert check(world) is None
        assert world.services.events.newest(TENANT, limit=1) == []
        assert world.services.tenants.find(TENANT) is None

    def test_does_not_affect_another(self, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        world.receive(a_signal(an_order()), tenant_id="other-winery")
        leave(world)
        world.clock.advance(GRACE)
        check(world)
        assert world.services.tenants.ids() == ["other-winery"]
        assert world.row("other-winery").object_number == "2101"
        assert len(world.services.audit.newest("other-winery", limit=9)) == 1


class TestAWineryThatIsBackDuringItsPurge:
    """Commerce7 reports the install after the purge has read the winery's state."""

    def meanwhile(self, world: World, method: str, act: Callable[[], None]) -> Services:
        """Return services in which `act` is called once, right after this call to the log."""
        return replace(world.services, events=followed(world.services.events, method, by=act))

    def come_back(self, world: World) -> None:
        record_install(TENANT, is_proven=True, now=world.clock(), services=world.services)
        tokens = {Role.PRIMARY: "EAAanewone"}
        configure_tenant(TENANT, some_settings(), tokens=tokens, by=OLIVE, services=world.services)

    def test_stays(self, world: World) -> None:
        world.record_an_order()
        leave(world)
        world.clock.advance(GRACE)
        services = self.meanwhile(world, "newest", lambda: self.come_back(world))
        after = check_installation(TENANT, now=world.clock(), services=services)

        assert after == Installation()
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.installation, tenant.choices) == (Installation(), some_settings())
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY)

    def test_keeps_its_new_token_and_its_new_events(self, world: World) -> None:
        world.record_an_order()
        record_uninstall(TENANT, now=world.clock(), services=world.services)
        removed = Installation(
            state=InstallState.REMOVED, is_leaving=True, check_at=NOW, purge_at=NOW + GRACE
        )
        save_installation(world.services.tenants, TENANT, removed)

        def come_back() -> None:
            self.come_back(world)
            world.receive(a_signal(an_order(id="new")))

        services = self.meanwhile(world, "open", come_back)
        assert check_installation(TENANT, now=world.clock(), services=services) == Installation()
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        statuses = {each.record.status for each in world.services.events.newest(TENANT, limit=9)}
        assert statuses == {Status.QUEUED}


class TestAWineryThatNeverCame:
    def install(self, world: World, tenant_id: str = TENANT) -> None:
        record_install(tenant_id, is_proven=False, now=world.clock(), services=world.services)

    def wait_until_gone(self, world: World) -> None:
        while world.services.tenants.find(TENANT):
            assert world.clock() <= NOW + GRACE
            sweep_due(now=world.clock(), services=world.services)
            check(world)
            world.clock.advance(timedelta(minutes=1))

    def test_is_asked_about_twice_and_deleted(self, world: World) -> None:
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        self.install(world)
        self.wait_until_gone(world)
        assert len(world.shops.asked) == 2
        assert timedelta(minutes=10) < world.clock() - NOW < timedelta(minutes=13)
        assert world.services.tenants.ids() == []

    def test_is_asked_about_until_its_purge_while_commerce7_is_away(self, world: World) -> None:
        world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
        self.install(world)
        self.wait_until_gone(world)
        assert 48 <= len(world.shops.asked) <= 55
        assert world.clock() >= NOW + GRACE

    def test_is_purged_as_a_whole_even_where_its_install_is_repeated(self, world: World) -> None:
        given_up = Installation(state=InstallState.PENDING, purge_at=NOW)
        save_installation(world.services.tenants, TENANT, given_up)
        self.install(world)
        again = check(world)
        assert again == Installation()

    def test_after_an_earlier_installation_is_removed_again(self, world: World) -> None:
        record = world.record_an_order()
        leave(world)
        removed = world.services.tenants.find(TENANT)
        assert removed is not None
        self.install(world)
        world.receive(a_signal(an_order(id="meanwhile")))
        check(world)
        world.clock.advance(timedelta(minutes=10))
        back = check(world)
        refused_at = world.clock()
        assert back == replace(removed.installation, refused_at=refused_at)
        rows = world.services.events.newest(TENANT, limit=9)
        assert {each.record.status for each in rows} == {Status.SKIPPED}
        assert {each.record.object_id for each in rows} >= {record.object_id, "meanwhile"}


class TestTooManyUnprovenWineries:
    def fill(self, world: World, how_many: int) -> list[str]:
        names = [f"winery-{number:03}" for number in range(how_many)]
        for name in names:
            record_install(name, is_proven=False, now=world.clock(), services=world.services)
            world.clock.advance(MOMENT)
        return names

    def bound(self, world: World, newcomer: str) -> list[str]:
        return [*bound_unproven(newcomer, now=world.clock(), services=world.services)]

    def test_lose_the_oldest_ones_and_never_the_newcomer(self, world: World) -> None:
        names = self.fill(world, MOST_UNPROVEN_WINERIES + 2)
        assert self.bound(world, names[-1]) == names[:2]
        assert world.services.tenants.ids() == names[2:]
        assert self.bound(world, names[-1]) == []

    def test_keep_those_with_webhooks_and_those_that_had_us(self, world: World) -> None:
        back = Installation(state=InstallState.REMOVED, check_at=NOW, purge_at=NOW + MOMENT)
        save_installation(world.services.tenants, "back", back)
        names = self.fill(world, MOST_UNPROVEN_WINERIES + 1)
        for name in names[:30]:
            assert world.services.events.add(a_record(tenant_id=name))
        assert self.bound(world, names[-1]) == [names[30]]
        assert len(world.services.tenants.ids()) == MOST_UNPROVEN_WINERIES + 1

"""A winery that left with more waiting events than one call can skip."""

from datetime import timedelta

import pytest

from service.domain.records.record import EventRecord, Status
from service.domain.tenants.installation import InstallState
from service.domain.tenants.tenant import Role
from service.ports import Refusal, ShopError
from service.usecases.intake.receive_signal import Receipt
from service.usecases.task_bodies import CheckInstallation, parse_task
from service.usecases.tenants.check_installation import _MOST_ROWS, check_installation
from service.usecases.tenants.record_install import record_uninstall
from tests.builders import NOW, TENANT, a_signal, an_order
from tests.conftest import World

pytestmark = pytest.mark.thorough

SECOND = timedelta(seconds=1)
CHECK = CheckInstallation(tenant_id=TENANT)


def receive(world: World, order_id: str) -> EventRecord:
    received = world.receive(a_signal(an_order(id=order_id)))
    assert received.record is not None
    return received.record


def row(world: World, key: str) -> EventRecord:
    stored = world.services.events.find(TENANT, key)
    assert stored is not None
    return stored.record


class TestMoreThanOneCallCanDo:
    def test_continues_in_the_next_and_nothing_is_sent_meanwhile(self, world: World) -> None:
        world.install()
        records = [receive(world, str(number)) for number in range(_MOST_ROWS)]
        world.clock.advance(SECOND)
        last = receive(world, "last")
        world.queue.tasks.clear()
        record_uninstall(TENANT, now=NOW, services=world.services)
        world.queue.tasks.clear()
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)

        half_way = check_installation(TENANT, now=world.clock(), services=world.services)
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert half_way == tenant.installation
        assert (half_way.state, half_way.check_at) == (InstallState.REMOVED, world.clock())
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) is None
        assert {row(world, each.key).status for each in records} == {Status.SKIPPED}
        assert row(world, last.key).status is Status.QUEUED
        assert [parse_task(task.body) for task in world.queue.tasks] == [CHECK]
        assert world.receive(a_signal(an_order(id="later"))).receipt is Receipt.UNKNOWN_TENANT

        world.clock.advance(SECOND)
        removed = check_installation(TENANT, now=world.clock(), services=world.services)
        assert removed is not None
        assert (removed.state, removed.check_at) == (InstallState.REMOVED, None)
        assert row(world, last.key).deliveries[Role.PRIMARY].reason == "uninstalled"
        assert world.meta.sent == []

    def test_is_more_than_one_call_takes(self, world: World) -> None:
        world.install()
        for number in range(_MOST_ROWS - 1):
            receive(world, str(number))
        record_uninstall(TENANT, now=NOW, services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)

        removed = check_installation(TENANT, now=NOW, services=world.services)
        assert removed is not None
        assert removed.state is InstallState.REMOVED
        assert world.services.events.count(TENANT) == {Status.SKIPPED: _MOST_ROWS - 1}

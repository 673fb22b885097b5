"""The sweep checks installations in doubt, and deletes expired locks."""

from datetime import timedelta

from service.domain.records.record import LOCK_FOR
from service.domain.tenants.installation import Installation, InstallState
from service.usecases.intake.receive_signal import Receipt
from service.usecases.sweep import (
    MOST_PER_SWEEP,
    MOST_SHOPS_PER_SWEEP,
    sweep_due,
)
from service.usecases.task_bodies import CheckInstallation, parse_task
from tests.builders import NOW, TENANT, a_record, a_signal, an_order
from tests.conftest import World
from tests.tenants import save_installation, save_shop

LATER = NOW + timedelta(days=365)
SECOND = timedelta(seconds=1)


def sweep(world: World) -> None:
    sweep_due(now=world.clock(), services=world.services)


def note(world: World, tenant_id: str, installation: Installation) -> None:
    """Save the winery with this installation and shop facts that are not due."""
    save_installation(world.services.tenants, tenant_id, installation)
    save_shop(world.services.tenants, tenant_id, None, due_at=LATER)


def asked_about(world: World) -> list[str]:
    """Return the wineries whose installation has a task."""
    tasks = [parse_task(task.body) for task in world.queue.tasks]
    return [task.tenant_id for task in tasks if isinstance(task, CheckInstallation)]


class TestAnInstallation:
    def test_that_is_due_gets_a_task(self, world: World) -> None:
        note(world, "checked", Installation(check_at=NOW))
        gone = Installation(state=InstallState.REMOVED, purge_at=NOW - SECOND)
        note(world, "purged", gone)
        note(world, "later", Installation(check_at=NOW + SECOND))
        note(world, "settled", Installation())
        sweep(world)
        assert asked_about(world) == ["purged", "checked"]
        assert {task.path for task in world.queue.tasks} == {"/tasks/resolve"}

    def test_gets_one_a_minute_until_it_is_done(self, world: World) -> None:
        note(world, TENANT, Installation(check_at=NOW))
        for _ in range(3):
            world.clock.advance(timedelta(seconds=20) - SECOND)
            sweep(world)
        assert asked_about(world) == [TENANT]

        world.clock.advance(timedelta(seconds=3))
        sweep(world)
        assert asked_about(world) == [TENANT] * 2

    def test_gets_it_even_if_many_others_are_due(self, world: World) -> None:
        for number in range(MOST_SHOPS_PER_SWEEP):
            note(world, f"winery-{number:02}", Installation(check_at=NOW + SECOND))
        note(world, TENANT, Installation(check_at=NOW))
        world.clock.advance(SECOND)
        sweep(world)
        assert asked_about(world)[0] == TENANT
        assert len(asked_about(world)) == MOST_SHOPS_PER_SWEEP

    def test_stays_due_while_the_queue_is_down(self, world: World) -> None:
        note(world, TENANT, Installation(check_at=NOW))
        world.queue.is_down = True
        sweep(world)
        world.queue.is_down = False
        sweep(world)
        assert asked_about(world) == [TENANT]


class TestALock:
    def test_goes_once_no_webhook_about_its_object_is_expected(self, world: World) -> None:
        record = world.record_an_order()
        stored = world.services.events.find(TENANT, record.key)
        assert stored is not None
        world.services.events.replace(stored, record.without_content(now=NOW))

        world.clock.advance(LOCK_FOR - SECOND)
        sweep(world)
        assert world.receive(a_signal(an_order())).receipt is Receipt.DUPLICATE
        world.clock.advance(SECOND)
        sweep(world)
        assert world.services.events.find(TENANT, record.key) is None

        world.receive(a_signal(an_order()))
        assert world.row().reason == "older than 7 days"

    def test_is_one_of_two_hundred_at_most_that_go_at_once(self, world: World) -> None:
        for number in range(MOST_PER_SWEEP + 1):
            lock = a_record(key=str(number)).without_content(now=NOW)
            assert world.services.events.add(lock)
        world.clock.advance(LOCK_FOR)
        for left in (1, 0):
            sweep(world)
            keys = [str(number) for number in range(MOST_PER_SWEEP + 1)]
            found = [key for key in keys if world.services.events.find(TENANT, key)]
            assert len(found) == left

    def test_of_a_log_row_stays(self, world: World) -> None:
        record = world.record_an_order()
        world.send(record)
        world.clock.advance(timedelta(days=30))
        sweep(world)
        assert world.services.events.find(TENANT, record.key) is not None

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from service.domain.copies import replace
from service.domain.delivery.schedule import LEASE_FOR
from service.domain.records.record import EventRecord
from service.domain.shop.order import Order
from service.domain.tenants.tenant import Role
from service.ports import Events, Stored, Task
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.sweep import MOST_PER_SWEEP, Swept, sweep_due
from service.usecases.task_bodies import (
    SEND_PATH,
    SendDelivery,
    parse_task,
)
from tests.builders import POLICY, SLOW_DOWN, TENANT, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World
from tests.tasks import body_of
from tests.tenants import save_settings


def receive(world: World, order: Order | None = None) -> EventRecord:
    world.install(some_settings(pixels=two_pixels()))
    received = world.receive(a_signal(order or an_order()))
    assert received.record is not None
    return received.record


def sweep(world: World) -> Swept:
    return sweep_due(now=world.clock(), services=world.services)


def run(world: World, task: Task) -> Attempted:
    body = body_of(task, SendDelivery)
    result = send_event(body.tenant_id, body.event_key, role=body.role, services=world.services)
    return result.attempted


class TestTheSweep:
    def test_leaves_fresh_tasks_alone(self, world: World) -> None:
        receive(world)
        world.clock.advance(POLICY.requeue_after - timedelta(seconds=1))

        assert sweep(world) == Swept(due=0, enqueued=0)

    def test_enqueues_what_was_recorded_but_never_queued(self, world: World) -> None:
        world.queue.is_down = True
        record = receive(world)
        world.queue.is_down = False
        world.clock.advance(POLICY.requeue_after)

        assert sweep(world) == Swept(due=2, enqueued=2)
        for task in world.queue.tasks:
            assert run(world, task) is Attempted.FINISHED
        assert {event.event_id for event, _, _ in world.meta.sent} == {record.event_id}
        assert world.row().status == "sent"

    def test_gives_a_lost_task_a_name_the_queue_has_not_seen(self, world: World) -> None:
        receive(world)
        lost = {task.name for task in world.queue.tasks}
        world.clock.advance(POLICY.requeue_after)
        sweep(world)

        assert len({task.name for task in world.queue.tasks} - lost) == 2

    def test_makes_one_task_of_two_sweeps(self, world: World) -> None:
        receive(world)
        world.clock.advance(POLICY.requeue_after)
        before = len(world.queue.tasks)

        assert (sweep(world).enqueued, sweep(world).enqueued) == (2, 0)
        assert len(world.queue.tasks) == before + 2

    def test_leaves_alone_what_another_process_changes(self, world: World) -> None:
        receive(world)
        world.clock.advance(POLICY.requeue_after)
        events = world.services.events

        class Moving:
            """A store in which another process always writes first."""

            def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
                found = events.due(now=now, limit=limit)
                assert all(events.replace(each, each.record) for each in found)
                return found

            def __getattr__(self, name: str) -> object:
                return getattr(events, name)

        moving = replace(world.services, events=cast("Events", Moving()))
        before = list(world.queue.tasks)

        assert sweep_due(now=world.clock(), services=moving) == Swept(due=2, enqueued=0)
        assert world.queue.tasks == before

    def test_tries_again_when_the_queue_is_still_down(self, world: World) -> None:
        world.queue.is_down = True
        receive(world)
        for _ in range(3):
            world.clock.advance(POLICY.requeue_after)
            assert sweep(world).enqueued == 0
        world.queue.is_down = False
        world.clock.advance(POLICY.requeue_after)

        assert sweep(world).enqueued == 2

    def test_repeats_a_killed_attempt(self, world: World) -> None:
        receive(world)

        def die() -> None:
            raise KeyboardInterrupt

        world.meta.meanwhile = die
        try:
            run(world, world.queue.tasks[0])
        except KeyboardInterrupt:
            world.meta.meanwhile = lambda: None
        world.clock.advance(LEASE_FOR)

        assert sweep(world) == Swept(due=1, enqueued=1)
        assert run(world, world.queue.tasks[-1]) is Attempted.FINISHED

    def test_ends_deliveries_held_beyond_metas_window(self, world: World) -> None:
        receive(world)
        world.clock.advance(timedelta(days=6, hours=22))
        world.meta.script = [replace(SLOW_DOWN, retry_after=timedelta(hours=24))] * 2
        for task in list(world.queue.tasks):
            run(world, task)
        world.clock.advance(timedelta(hours=1))

        assert sweep(world) == Swept(due=2, enqueued=2)
        sends = [task for task in world.queue.tasks if task.path == SEND_PATH]
        for task in sends[-2:]:
            assert run(world, task) is Attempted.FINISHED
        assert (world.row().status, world.row().payload) == ("error", None)

    def test_leaves_a_running_attempt_alone_however_old_the_event(self, world: World) -> None:
        receive(world)
        world.clock.advance(timedelta(days=6, hours=23, seconds=-1))

        def sweep_meanwhile() -> None:
            world.clock.advance(timedelta(seconds=2))
            assert sweep(world) == Swept(due=1, enqueued=1, stuck=frozenset({TENANT}))

        world.meta.meanwhile = sweep_meanwhile
        run(world, world.queue.tasks[0])
        assert world.row().deliveries[Role.PRIMARY].status == "sent"

    def test_has_nothing_to_do_once_all_is_final(self, world: World) -> None:
        receive(world)
        for task in list(world.queue.tasks):
            run(world, task)
        world.clock.advance(timedelta(days=30))

        assert sweep(world) == Swept(due=0, enqueued=0)

    def test_is_bounded_and_gets_to_the_rest(self, world: World) -> None:
        world.install()
        for number in range(MOST_PER_SWEEP + 5):
            world.receive(a_signal(an_order(id=f"order-{number}")))
        world.clock.advance(POLICY.requeue_after)

        assert [sweep(world).enqueued for _ in range(3)] == [MOST_PER_SWEEP, 5, 0]

    def test_names_tenants_whose_events_are_stuck(self, world: World) -> None:
        receive(world)
        world.queue.is_down = True
        stuck = []
        for _ in range(6):
            world.clock.advance(POLICY.requeue_after)
            stuck.append(sweep(world).stuck)
        assert stuck == [frozenset()] * 4 + [frozenset({TENANT})] * 2

    def test_touches_only_the_role_that_is_due(self, world: World) -> None:
        receive(world)
        run(world, world.queue.tasks[0])
        world.clock.advance(POLICY.requeue_after)
        sweep(world)

        assert body_of(world.queue.tasks[-1], SendDelivery).role is Role.SECONDARY
        assert len(world.queue.tasks) == 3


class TestAQueueThatIsDown:
    def test_postpones_no_shop(self, world: World) -> None:
        for tenant_id in ("a-winery", "b-winery"):
            save_settings(world.services.tenants, tenant_id, some_settings())
        world.queue.is_down = True
        sweep(world)
        world.queue.is_down = False
        sweep(world)
        asked = {parse_task(task.body).tenant_id for task in world.queue.tasks}
        assert asked == {"a-winery", "b-winery"}

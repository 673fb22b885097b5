"""A hit's event: what it costs, and that it is sent once after any failure."""

from collections import Counter
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EventName
from service.domain.mapping.hit import Beacon, Hit, HitProduct, Visitor
from service.domain.mapping.visit import visit_of
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.ports import StoreUnavailableError
from service.usecases.intake.receive_hits import receive_hits
from tests.builders import NOW, TENANT, some_settings, two_pixels
from tests.conftest import World
from tests.unit.usecases.interruptions import preceded

HOST = "shop.example.com"
A_HIT = Hit(
    name=EventName.VIEW_CONTENT,
    id="00000000-0000-4000-8000-000000000001",
    at=NOW,
    url=f"https://{HOST}/product/red",
    products=(HitProduct(id="RED-1", quantity=1, price=3000),),
)
A_VISITOR = Visitor(ip="8.8.4.25", user_agent="Mozilla/5.0", fbp="fb.1.1764230000000.1")


def receive(world: World, *hits: Hit) -> int:
    tenant = world.services.tenants.get_cached(TENANT)
    assert tenant is not None
    beacon = Beacon(tenant_id=TENANT, hits=hits or (A_HIT,), visitor=A_VISITOR)
    visit = visit_of(beacon, tenant=tenant)
    return receive_hits(visit, tenant=tenant, host=HOST, now=world.clock(), services=world.services)


class Counted:
    """Events that count the calls of each method."""

    def __init__(self, events: Any) -> None:
        self._events, self.calls = events, Counter[str]()

    def __getattr__(self, name: str) -> Any:
        self.calls[name] += 1
        return getattr(self._events, name)


class TestAHit:
    def test_costs_the_store_two_writes_and_no_read(self, world: World) -> None:
        world.install()
        receive(world)
        world.run_tasks()  # a winery's first hit is noted with the winery, and its first event
        events: Any = Counted(world.services.events)
        again = replace(world, services=replace(world.services, events=events))
        other = replace(A_HIT, id="00000000-0000-4000-8000-000000000002")
        assert receive(again, other) == 1
        assert events.calls == {}
        again.run_tasks()
        assert events.calls == {"add": 1, "replace": 1}
        assert [event.event_id for event, *_ in world.meta.sent] == [A_HIT.id, other.id]

    def test_goes_to_both_pixels_under_one_id(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        receive(world)
        world.run_tasks()
        assert [event.event_id for event, *_ in world.meta.sent] == [A_HIT.id] * 2
        assert {each.status for each in world.row().deliveries.values()} == {DeliveryStatus.SENT}

    def test_whose_task_runs_twice_is_sent_once(self, world: World) -> None:
        world.install()
        receive(world)
        (task,) = world.queue.tasks
        for _ in range(3):
            world.run_task(task)
        assert len(world.meta.sent) == 1

    def test_that_comes_twice_is_sent_once(self, world: World) -> None:
        world.install()
        for _ in range(2):
            receive(world)
        world.run_tasks()
        assert len(world.meta.sent) == 1

    def test_is_recorded_and_swept_where_the_queue_does_not_answer(self, world: World) -> None:
        world.install()
        world.queue.is_down = True
        assert receive(world) == 1
        assert world.row().status is Status.QUEUED
        world.queue.is_down = False
        world.clock.advance(world.services.retry.requeue_after)
        world.sweep()
        world.run_tasks()
        assert len(world.meta.sent) == 1

    def test_waits_for_the_shops_currency(self, world: World) -> None:
        world.install(some_settings(currency=None))
        receive(world)
        assert world.queue.tasks == []
        assert world.row().deliveries[Role.PRIMARY].status is DeliveryStatus.HELD
        world.install()
        world.run_tasks()
        assert [event.event_id for event, *_ in world.meta.sent] == [A_HIT.id]

    def test_that_is_switched_off_meanwhile_is_not_sent(self, world: World) -> None:
        world.install()
        receive(world)
        world.install(some_settings(enabled=False))
        world.run_tasks()
        assert world.meta.sent == []
        assert world.row().status is Status.SKIPPED

    @pytest.mark.parametrize("method", ["add", "replace"])
    def test_is_sent_in_the_end_if_the_store_fails(self, world: World, method: str) -> None:
        def fail() -> None:
            raise StoreUnavailableError

        world.install()
        receive(world)
        (task,) = world.queue.tasks
        events = preceded(world.services.events, method, by=fail)
        failing = replace(world, services=replace(world.services, events=events))
        with pytest.raises(StoreUnavailableError):
            failing.run_task(task)
        world.clock.advance(world.services.retry.requeue_after)
        world.run_task(task)
        world.run_tasks()
        assert {event.event_id for event, *_ in world.meta.sent} == {A_HIT.id}
        assert world.row().status is Status.SENT

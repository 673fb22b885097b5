"""A new record goes with its send task, and is read only where it was written since."""

from service.domain.copies import replace
from service.domain.records.record import Status
from service.domain.shop.order import Payment
from service.domain.tenants.tenant import Role
from service.ports import Stored
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.task_bodies import (
    MOST_BYTES,
    SendDelivery,
    parse_task,
)
from tests.builders import DOWN, TENANT, a_line, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World


def task_of(world: World, **order: object) -> SendDelivery:
    """Receive an order, and return what its task holds."""
    world.receive(a_signal(an_order(**order)))
    task = world.queue.tasks.pop()
    assert len(task.body) <= MOST_BYTES
    body = parse_task(task.body)
    assert isinstance(body, SendDelivery)
    return body


def send(world: World, body: SendDelivery) -> Attempted:
    return send_event(
        TENANT, body.event_key, role=body.role, services=world.services, carried=body.carried
    ).attempted


def stored(world: World, body: SendDelivery) -> Stored:
    found = world.services.events.find(TENANT, body.event_key)
    assert found
    return found


class TestATaskThatCarriesItsRecord:
    def test_is_done_once_however_often_it_comes(self, world: World) -> None:
        world.install()
        body = task_of(world)
        assert [send(world, body) for _ in range(3)] == [
            Attempted.FINISHED, Attempted.NOTHING, Attempted.NOTHING,
        ]  # fmt: skip
        assert len(world.meta.sent) == 1

    def test_goes_on_from_the_stored_record_when_it_is_tried_again(self, world: World) -> None:
        world.install()
        body = task_of(world)
        world.meta.script = [DOWN]
        assert send(world, body) is Attempted.RETRY
        assert send(world, body) is Attempted.BUSY
        due_at = stored(world, body).record.deliveries[Role.PRIMARY].due_at
        assert due_at
        world.clock.now = due_at
        assert send(world, body) is Attempted.FINISHED
        assert world.delivery().attempts == 2

    def test_sends_nothing_of_a_record_that_was_erased_meanwhile(self, world: World) -> None:
        world.install()
        body = task_of(world)
        there = stored(world, body)
        assert world.services.events.replace(there, there.record.without_content(now=world.clock()))
        assert send(world, body) is Attempted.NOTHING
        assert world.meta.sent == []

    def test_keeps_what_was_written_meanwhile(self, world: World) -> None:
        world.install()
        body = task_of(world)
        there = stored(world, body)
        assert world.services.events.replace(there, replace(there.record, object_number="77"))
        assert send(world, body) is Attempted.FINISHED
        assert (world.row().object_number, world.row().status) == ("77", Status.SENT)


class TestATaskThatReadsItsRecord:
    def test_is_each_of_two_pixels(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        assert task_of(world).carried is None

    def test_is_that_of_a_large_order(self, world: World) -> None:
        world.install()
        lines = tuple(replace(a_line(), sku=f"{number:020}") for number in range(900))
        assert task_of(world, lines=lines).carried is None

    def test_is_that_of_an_order_which_was_recorded_before(self, world: World) -> None:
        world.install()
        unpaid = an_order(payment=Payment.OPEN, paid_at=None)
        world.receive(a_signal(unpaid))
        assert world.queue.tasks == []
        assert task_of(world).carried is None

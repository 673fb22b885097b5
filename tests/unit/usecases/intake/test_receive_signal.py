from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import Event
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel, Order, OrderKind, Payment
from service.domain.tenants.tenant import Role
from service.local.file import SqliteFile
from service.usecases.intake.receive_signal import Receipt, Received
from service.usecases.sealing import unseal_event
from service.usecases.task_bodies import SendDelivery, parse_task
from tests.builders import (
    NOW,
    POLICY,
    TENANT,
    a_signal,
    an_order,
    one_pixel_twice,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.unit.usecases.interruptions import preceded


def receive(world: World, order: Order, *, tenant_id: str = TENANT) -> Received:
    return world.receive(a_signal(order), tenant_id=tenant_id)


def rows(world: World, tenant_id: str = TENANT) -> list[EventRecord]:
    return [each.record for each in world.services.events.newest(tenant_id, limit=100)]


def unsealed(world: World, record: EventRecord) -> Event:
    return unseal_event(
        record.payload or "", tenant_id=record.tenant_id, vault=world.services.vault
    )


class TestAPaidOrder:
    def test_is_recorded_then_queued(self, world: World) -> None:
        world.install()

        received = receive(world, an_order())

        assert (received.receipt, received.is_queued) == (Receipt.RECORDED, True)
        (record,) = rows(world)
        (task,) = world.queue.tasks
        assert record.status is Status.QUEUED
        assert record.match_keys[:2] == ("email", "phone")
        assert record.data_use_rule == "none"
        assert record.deliveries[Role.PRIMARY].due_at == NOW + POLICY.requeue_after
        assert (record.object_number, record.channel) == ("2101", "Web")
        assert task.path == "/tasks/send"
        body = parse_task(task.body)
        assert isinstance(body, SendDelivery)
        assert (body.tenant_id, body.event_key, body.role) == (TENANT, record.key, Role.PRIMARY)
        assert body.carried == world.services.events.find(TENANT, record.key)

    def test_keeps_the_whole_event_sealed(self, world: World) -> None:
        world.install()
        receive(world, an_order())

        (record,) = rows(world)
        event = unsealed(world, record)
        assert event.event_id == record.event_id
        assert event.identity.ip == "8.8.4.25"
        assert event.occurred_at == NOW - timedelta(hours=1)

    def test_never_lies_in_the_future(self, world: World) -> None:
        world.install()
        receive(world, an_order(paid_at=NOW + timedelta(days=1)))

        assert rows(world)[0].occurred_at == NOW

    def test_goes_to_both_pixels_as_one_event(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        receive(world, an_order())

        (record,) = rows(world)
        assert set(record.deliveries) == {Role.PRIMARY, Role.SECONDARY}
        assert len({task.name for task in world.queue.tasks}) == 2

    def test_goes_once_to_a_pixel_that_has_both_roles(self, world: World) -> None:
        world.install(some_settings(pixels=one_pixel_twice()))
        receive(world, an_order())

        (record,) = rows(world)
        assert set(record.deliveries) == {Role.PRIMARY}

    def test_is_one_event_however_often_it_comes(self, world: World) -> None:
        world.install()
        with ThreadPoolExecutor(max_workers=16) as pool:
            answers = list(pool.map(lambda _: receive(world, an_order()), range(50)))

        receipts = [answer.receipt for answer in answers]
        assert receipts.count(Receipt.RECORDED) == 1
        assert receipts.count(Receipt.DUPLICATE) == 49
        assert len(rows(world)) == len(world.queue.tasks) == 1

    def test_is_another_event_for_another_tenant(self, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        for tenant_id in (TENANT, "other-winery"):
            receive(world, an_order(), tenant_id=tenant_id)

        (mine,), (theirs,) = rows(world), rows(world, "other-winery")
        assert mine.key != theirs.key

    def test_is_held_while_the_currency_is_unknown(self, world: World) -> None:
        world.install(some_settings(currency=None))
        receive(world, an_order())

        (record,) = rows(world)
        delivery = record.deliveries[Role.PRIMARY]
        assert (record.status, delivery.reason) == (Status.HELD, "currency unknown")
        assert (delivery.due_at, record.waiting_since) == (None, NOW)
        assert world.queue.tasks == []

    def test_stays_recorded_when_the_queue_is_down(self, world: World) -> None:
        world.install()
        world.queue.is_down = True

        received = receive(world, an_order())

        assert (received.receipt, received.is_queued) == (Receipt.RECORDED, False)
        assert rows(world)[0].due_at is not None


class TestAnOrderThatIsNoEvent:
    def test_of_an_unknown_tenant_leaves_nothing(self, world: World) -> None:
        assert receive(world, an_order()).receipt is Receipt.UNKNOWN_TENANT
        assert rows(world) == []

    @pytest.mark.parametrize(
        ("order", "status", "reason"),
        [
            (an_order(kind=OrderKind.REFUND), Status.SKIPPED, "refund"),
            (an_order(payment=Payment.OPEN), Status.WAITING, "not paid yet"),
        ],
    )
    def test_is_recorded_with_its_reason_and_costs_no_task(
        self, world: World, order: Order, status: Status, reason: str
    ) -> None:
        world.install()
        receive(world, order)

        (record,) = rows(world)
        assert (record.status, record.reason) == (status, reason)
        assert (record.payload, record.due_at, record.deliveries) == (None, None, {})
        assert world.queue.tasks == []


class TestAnOrderPaidLater:
    def test_makes_the_one_purchase(self, world: World) -> None:
        world.install()
        receive(world, an_order(payment=Payment.OPEN))
        world.clock.advance(timedelta(minutes=5))

        for receipt in (Receipt.RECORDED, Receipt.DUPLICATE):
            assert receive(world, an_order()).receipt is receipt

        (record,) = rows(world)
        assert (record.status, record.reason) == (Status.QUEUED, None)
        assert record.received_at == NOW + timedelta(minutes=5)
        assert len(world.queue.tasks) == 1

    def test_makes_one_purchase_of_many_at_once(self, world: World) -> None:
        world.install()
        receive(world, an_order(payment=Payment.OPEN))
        with ThreadPoolExecutor(max_workers=16) as pool:
            answers = list(pool.map(lambda _: receive(world, an_order()), range(20)))

        assert [answer.receipt for answer in answers].count(Receipt.RECORDED) == 1
        assert len(world.queue.tasks) == 1

    def test_makes_it_although_an_unproven_webhook_comes_just_before(self, world: World) -> None:
        world.install()
        receive(world, an_order(payment=Payment.OPEN))

        def receive_unproven() -> None:
            assert world.receive(a_signal(an_order()), is_trusted=False).record

        events = preceded(world.services.events, "replace", by=receive_unproven)
        overtaken = replace(world, services=replace(world.services, events=events))
        assert receive(overtaken, an_order()).receipt is Receipt.RECORDED

        (record,) = rows(world)
        assert (record.status, record.lookup) == (Status.QUEUED, None)
        assert [task.path for task in world.queue.tasks] == ["/tasks/resolve", "/tasks/send"]

    def test_may_be_received_in_the_wrong_order(self, world: World) -> None:
        world.install()
        receive(world, an_order())
        before = rows(world)

        assert receive(world, an_order(payment=Payment.OPEN)).receipt is Receipt.DUPLICATE
        assert rows(world) == before

    def test_waits_once_however_often_it_comes(self, world: World) -> None:
        world.install()
        receive(world, an_order(payment=Payment.OPEN))
        before = rows(world)
        world.clock.advance(timedelta(minutes=5))

        again = receive(world, an_order(payment=Payment.OPEN))

        assert again.receipt is Receipt.DUPLICATE
        assert again.record is not None
        assert again.record.key == before[0].key
        assert rows(world) == before

    def test_may_still_be_cancelled(self, world: World) -> None:
        world.install()
        receive(world, an_order(payment=Payment.OPEN))
        receive(world, an_order(payment=Payment.CANCELLED))

        assert [(row.status, row.reason) for row in rows(world)] == [(Status.SKIPPED, "cancelled")]

    def test_does_not_reopen_what_was_skipped(self, world: World) -> None:
        world.install(some_settings(channels={Channel.WEB: False}))
        receive(world, an_order())
        world.install()

        assert receive(world, an_order()).receipt is Receipt.DUPLICATE
        assert rows(world)[0].reason == "switched off"


def test_a_change_of_settings_does_not_change_what_is_recorded(world: World) -> None:
    world.install()
    receive(world, an_order())
    world.install(replace(some_settings(), value_rule="subtotal"))
    receive(world, an_order())

    (record,) = rows(world)
    assert record.custom is not None
    assert record.custom.value is not None
    assert record.custom.value.minor == 11584
    assert record.deliveries[Role.PRIMARY].status is DeliveryStatus.QUEUED


def test_a_record_of_a_newer_release_is_left_alone(world: World) -> None:
    world.install()
    receive(world, an_order())
    world.queue.tasks.clear()
    rename = "UPDATE events SET doc = CAST(replace(doc, 'Purchase', 'Donate') AS BLOB)"
    with closing(SqliteFile(str(world.file))) as file, file.read() as db:
        file.change(lambda writer: writer.execute(rename))
        ((before,),) = db.execute("SELECT doc FROM events").fetchall()
        assert b'"Donate"' in before
        assert rows(world) == []

        assert receive(world, an_order()).receipt is Receipt.DUPLICATE
        assert db.execute("SELECT doc FROM events").fetchall() == [(before,)]
    assert world.queue.tasks == []

"""Resending failed events, one or two at a time."""

from datetime import timedelta

from service.domain.delivery.circuit_breaker import BreakerState
from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.events.money import Money
from service.domain.events.reason import Reason, Switch
from service.domain.records.record import Status
from service.domain.shop.order import Channel, Payment
from service.domain.tenants.audit import log_change
from service.domain.tenants.tenant import Role
from service.ports import Refusal, ShopError
from service.usecases.intake.receive_signal import Receipt
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    OLIVE,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    TENANT,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    BOTH,
    a_week_passes,
    fail,
    fail_at_one,
    plan,
    posts,
    rows,
    send_again,
    statuses,
)

DAY = timedelta(days=1)


class TestAnEventThatMetaRefused:
    def test_is_looked_up_and_sent_with_its_id_and_time(self, world: World) -> None:
        (before,) = fail(world)
        world.clock.advance(DAY)
        assert (plan(world).kept, plan(world).asked_for) == (0, 1)
        job = send_again(world)
        assert job is not None
        assert (job.is_running, job.done, job.total) == (False, 1, 1)
        assert world.row().deliveries[Role.PRIMARY].reason == Reason.ASKED_AGAIN
        world.run_tasks()

        first, second = (event for event, _, _ in world.meta.sent)
        assert (second.event_id, second.occurred_at) == (first.event_id, first.occurred_at)
        assert second.identity == first.identity
        row = world.row()
        assert (row.status, row.payload, row.lookup) == (Status.SENT, None, None)
        assert (row.received_at, row.object_id) == (before.received_at, before.object_id)
        assert len(row.deliveries[Role.PRIMARY].tries) == 2

    def test_waits_behind_new_events(self, world: World) -> None:
        fail(world)
        send_again(world)
        (lookup,) = world.queue.tasks
        assert (lookup.is_bulk, lookup.path) == (True, "/tasks/resolve")
        world.resolve(world.row().key)
        assert [task.is_bulk for task in world.queue.tasks if task.path == "/tasks/send"] == [True]

    def test_takes_the_order_as_it_is_now(self, world: World) -> None:
        fail(world)
        world.shops.orders["order-1"] = an_order(id="order-1", number="1001", total=9000)
        send_again(world)
        world.run_tasks()
        assert [event.custom.value for event, _, _ in world.meta.sent][-1] == Money(
            minor=9000, currency="USD"
        )
        assert world.row().custom == world.meta.sent[-1][0].custom

    def test_is_skipped_if_it_no_longer_counts(self, world: World) -> None:
        fail(world)
        world.shops.orders["order-1"] = an_order(id="order-1", payment=Payment.CANCELLED)
        send_again(world)
        world.run_tasks()
        assert world.delivery().status is DeliveryStatus.SKIPPED
        assert (world.delivery().reason, world.row().payload) == ("cancelled", None)
        assert len(posts(world)) == 1

    def test_that_the_shop_has_deleted_stays_an_error_and_says_why(self, world: World) -> None:
        fail(world)
        world.shops.orders.clear()
        send_again(world)
        world.run_tasks()
        assert world.row().status is Status.ERROR
        assert world.delivery().reason == "could not be sent again: Commerce7 does not know it"
        assert (world.row().lookup, world.row().due_at) == (None, None)

    def test_is_not_asked_for_again_if_our_request_is_not_understood(self, world: World) -> None:
        fail(world)
        world.shops.refusals["order"] = ShopError(Refusal.OUR_FAULT)
        send_again(world)
        world.run_tasks()
        assert world.row().status is Status.ERROR
        assert world.delivery().details.because is Reason.SHOP_REJECTS_REQUEST
        assert (world.row().lookup, world.row().due_at) == (None, None)

    def test_waits_while_the_shop_asks_to_slow_down(self, world: World) -> None:
        fail(world)
        world.shops.refusals["order"] = ShopError(
            Refusal.TOO_OFTEN, retry_after=timedelta(seconds=7)
        )
        send_again(world)
        world.resolve(world.row().key)
        assert world.delivery().reason == "Commerce7 asks us to slow down"
        world.shops.refusals.clear()
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_is_refused_once_more_and_can_be_sent_again(self, world: World) -> None:
        fail(world)
        for _ in range(2):
            world.meta.script = [REFUSED]
            send_again(world)
            world.run_tasks()
            assert (world.row().status, world.row().payload) == (Status.ERROR, None)
        send_again(world)
        world.run_tasks()
        assert world.row().status is Status.SENT
        assert len(set(posts(world))) == 1

    def test_is_not_sent_by_a_late_task_before_the_look_up(self, world: World) -> None:
        (record,) = fail(world)
        send_again(world)
        world.send(record)
        assert world.delivery().status is DeliveryStatus.QUEUED
        assert len(posts(world)) == 1
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_is_too_late_if_the_shop_does_not_answer_for_too_long(self, world: World) -> None:
        fail(world)
        world.shops.refusals["order"] = ShopError(Refusal.NO_ANSWER)
        send_again(world)
        world.resolve(world.row().key)
        a_week_passes(world)
        world.sweep()
        world.run_tasks()
        assert "7 days" in (world.delivery().reason or "")
        assert (world.row().due_at, world.row().lookup) == (None, None)

    def test_is_not_looked_up_once_its_channel_is_off(self, world: World) -> None:
        fail(world)
        send_again(world)
        world.install(some_settings(channels={Channel.WEB: False}))
        asked = len(world.shops.asked)
        world.run_tasks()
        delivery = world.delivery()
        assert (delivery.status, delivery.reason) == (DeliveryStatus.SKIPPED, "switched off")
        assert delivery.details.switch is Switch.CHANNEL
        assert len(world.shops.asked) == asked

    def test_is_not_disturbed_by_a_webhook_about_the_same_object(self, world: World) -> None:
        fail(world)
        send_again(world)
        news = a_signal(an_order(id="order-1", total=1))
        assert world.receive(news).receipt is Receipt.DUPLICATE
        world.run_tasks()
        assert world.receive(news).receipt is Receipt.DUPLICATE
        assert world.row().status is Status.SENT
        assert len(posts(world)) == 2


class TestAnEventThatMetaCouldNotTake:
    def test_is_sent_at_once_with_what_is_kept_of_it(self, world: World) -> None:
        fail(world, by=DOWN)
        assert world.delivery().waits_for is Wait.VENDOR
        assert world.breaker().state is BreakerState.FAILING
        assert (plan(world).kept, plan(world).asked_for) == (1, 0)
        send_again(world)
        assert [task.is_bulk for task in world.queue.tasks] == [True]
        world.run_tasks()
        assert world.row().status is Status.SENT
        assert world.shops.asked == []
        assert len(set(posts(world))) == 1

    def test_releases_the_others_once_meta_works_again(self, world: World) -> None:
        fail(world, 1, 2, 3, by=DOWN)
        send_again(world)
        world.run_tasks()
        assert statuses(world) == {"sent": 3}

    def test_stays_an_error_if_meta_still_fails_after_one_more_attempt(self, world: World) -> None:
        fail(world, 1, 2, 3, by=DOWN)
        world.meta.script = [DOWN] * 9
        before = len(posts(world))
        send_again(world)
        world.run_tasks()
        assert statuses(world) == {"error": 3}
        assert len(posts(world)) == before + 1
        assert all(row.payload for row in rows(world))


class TestADeadToken:
    def test_holds_what_is_sent_again_and_a_new_one_releases_it(self, world: World) -> None:
        fail(world, 1, 2)
        world.meta.script = [BAD_TOKEN] * 9
        send_again(world)
        world.run_tasks()
        assert statuses(world) == {"held": 2}
        world.meta.script.clear()
        world.clock.advance(timedelta(seconds=1))
        world.install()
        world.run_tasks()
        assert statuses(world) == {"sent": 2}


class TestTwoPixels:
    def test_of_which_one_failed_get_it_once_each(self, world: World) -> None:
        fail_at_one(world)
        assert posts(world) == [(PIXEL, "c7-order-order-1"), (SECOND_PIXEL, "c7-order-order-1")]
        send_again(world)
        world.run_tasks()
        assert posts(world)[2:] == [(SECOND_PIXEL, "c7-order-order-1")]
        assert world.row().status is Status.SENT

    def test_get_the_same_value_even_if_the_order_has_changed(self, world: World) -> None:
        fail_at_one(world)
        world.shops.orders["order-1"] = an_order(id="order-1", number="1001", total=1)
        send_again(world)
        world.run_tasks()
        first, _, second = (event.custom for event, _, _ in world.meta.sent)
        assert first == second == world.row().custom

    def test_that_both_failed_both_get_it(self, world: World) -> None:
        fail(world, settings=BOTH)
        send_again(world)
        world.run_tasks()
        assert sorted(pixel for pixel, _ in posts(world)) == sorted([PIXEL, SECOND_PIXEL] * 2)
        assert len([task for task in world.shops.asked if task[0] == "order"]) == 1

    def test_of_which_one_still_retries_need_no_look_up(self, world: World) -> None:
        world.install(BOTH)
        received = world.receive(a_signal(an_order()))
        assert received.record
        world.meta.script = [REFUSED]
        world.send(received.record)
        world.queue.tasks.clear()
        assert plan(world).kept == 1
        send_again(world)
        assert [task.path for task in world.queue.tasks] == ["/tasks/send"]
        world.run_tasks()
        assert world.delivery().status is DeliveryStatus.SENT
        assert world.delivery(Role.SECONDARY).status is DeliveryStatus.QUEUED


class TestAQueueThatIsDown:
    def test_loses_nothing(self, world: World) -> None:
        fail(world, 1)
        fail(world, 2, by=DOWN)
        world.queue.is_down = True
        job = send_again(world)
        assert job
        assert (job.is_running, job.done) == (False, 2)
        world.queue.is_down = False
        world.clock.advance(timedelta(minutes=3))
        world.sweep()
        world.run_tasks()
        assert statuses(world) == {"sent": 2}


class TestTheAuditTrail:
    def test_says_who_sent_how_many_again(self, world: World) -> None:
        fail(world, 1, 2)
        send_again(world)
        (entry, *_) = world.services.audit.newest(TENANT, limit=9)
        assert (entry.who, entry.who_id) == (OLIVE.name, OLIVE.id)
        (change,) = entry.changes
        assert change == log_change("2 events", "sent again")

    def test_says_nothing_of_what_was_not_done(self, world: World) -> None:
        fail(world)
        a_week_passes(world)
        before = len(world.services.audit.newest(TENANT, limit=9))
        send_again(world)
        assert len(world.services.audit.newest(TENANT, limit=9)) == before

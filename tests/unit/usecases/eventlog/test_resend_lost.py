"""Failed events that cannot be resent, and events that never failed."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.schedule import LEASE_FOR
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import OrderKind
from service.domain.shop.signal import Action
from service.domain.tenants.tenant import Pixels, Role
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    NOW,
    REFUSED,
    TENANT,
    a_delivery,
    a_membership,
    a_record,
    a_registration,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    a_week_passes,
    an_order_known,
    fail,
    plan,
    posts,
    rows,
    send_again,
    without,
)
from tests.unit.usecases.interruptions import rewrite
from tests.unit.usecases.lookups import event_of, know_casey, receive_fact

DAY = timedelta(days=1)


class TestWhatIsLost:
    def lost(self, world: World) -> dict[Reason, int]:
        world.queue.tasks.clear()
        found = plan(world, LogView(show=Show.ALL))
        assert found.total == 0
        assert send_again(world, LogView(show=Show.ALL)) is None
        assert world.queue.tasks == []
        assert world.services.jobs.find(TENANT, JobKind.RESEND) is None
        return dict(found.lost)

    def test_is_what_is_older_than_seven_days(self, world: World) -> None:
        fail(world)
        a_week_passes(world)
        assert self.lost(world) == {Reason.TOO_OLD: 1}

    def test_is_a_sign_up_whose_customer_nothing_names(self, world: World) -> None:
        world.install()
        received = world.receive(a_signal(a_registration()))
        assert received.record
        world.meta.script = [REFUSED]
        world.send(received.record)
        world.queue.tasks.clear()
        assert self.lost(world) == {Reason.SIGN_UP_NOT_KEPT: 1}

    def test_is_a_visit_whose_signals_are_gone(self, world: World) -> None:
        world.install()
        failed = a_delivery(status=DeliveryStatus.ERROR, due_at=None)
        visit = a_record(
            name=EventName.ADD_TO_CART, object_kind="visit", object_id="",
            deliveries={Role.PRIMARY: failed},
        )  # fmt: skip
        world.services.events.add(visit)
        assert self.lost(world) == {Reason.VISIT_NOT_KEPT: 1}

    def test_is_a_test(self, world: World) -> None:
        world.install()
        failed = a_delivery(status=DeliveryStatus.ERROR, due_at=None)
        world.services.events.add(a_record(is_test=True, deliveries={Role.PRIMARY: failed}))
        assert self.lost(world) == {Reason.A_TEST: 1}

    def test_is_what_was_switched_off_or_has_no_pixel_until_that_changes(
        self, world: World
    ) -> None:
        fail(world)
        world.install(without(some_settings(), EventName.PURCHASE))
        assert self.lost(world) == {Reason.SWITCHED_OFF: 1}
        world.install(some_settings(channels={"Web": False}))
        assert self.lost(world) == {Reason.SWITCHED_OFF: 1}
        world.install(some_settings(pixels=Pixels()))
        assert self.lost(world) == {Reason.PIXEL_REMOVED: 1}
        world.install()
        assert plan(world).total == 1

    @pytest.mark.parametrize("script", [[], [BAD_TOKEN], [DOWN]])
    def test_is_nothing_that_has_not_failed(self, world: World, script: list[object]) -> None:
        world.install()
        record = world.receive(a_signal(an_order())).record
        assert record
        world.meta.script = list(script)  # type: ignore[arg-type] # verdicts
        world.send(record)
        world.queue.tasks.clear()
        assert self.lost(world) == {}

    def test_by_switches_that_are_flipped_after_it_was_started_is_skipped(
        self, world: World
    ) -> None:
        fail(world)
        send_again(world)
        world.install(some_settings(enabled=False))
        world.run_tasks()
        assert (world.delivery().status, world.delivery().reason) == (
            DeliveryStatus.SKIPPED, "switched off",
        )  # fmt: skip
        assert (world.row().payload, len(posts(world))) == (None, 1)


class TestWhatNeverFailed:
    def test_is_left_alone_by_a_job(self, world: World) -> None:
        fail(world)
        refund = world.receive(a_signal(an_order(id="refund", kind=OrderKind.REFUND))).record
        job = send_again(world, LogView(show=Show.ALL))
        assert job
        assert (job.is_running, job.done, job.left, job.moved_on) == (False, 1, {}, 0)
        assert refund in list(rows(world))


class TestAnEventThatIsLookedUpAgain:
    def test_is_not_looked_up_once_its_pixel_has_it_after_all(self, world: World) -> None:
        """An overlong attempt returns at last: Meta has accepted the event."""
        world.install()
        record = world.receive(a_signal(an_order_known(world))).record
        assert record

        def overtake() -> None:
            world.meta.meanwhile = lambda: None
            world.clock.advance(LEASE_FOR)
            world.send(record)
            send_again(world)

        world.meta.meanwhile = overtake
        world.meta.script = [REFUSED, ACCEPTED]
        world.send(record)
        assert world.row().lookup
        world.run_tasks()
        row = world.row()
        assert (row.status, row.lookup, row.payload, row.due_at) == (Status.SENT, None, None, None)
        assert (len(posts(world)), world.shops.asked) == (2, [])

    def test_with_an_unreadable_id_stays_an_error_and_says_why(self, world: World) -> None:
        fail(world)
        send_again(world)
        lookup = world.row().lookup
        assert lookup
        rewrite(world, world.row().key, lookup=replace(lookup, sealed_id="damaged"))
        world.run_tasks()
        delivery, row = world.delivery(), world.row()
        assert delivery.status is DeliveryStatus.ERROR
        assert delivery.sentence == "could not be sent again: stored ID cannot be read"
        assert (row.lookup, row.payload, row.due_at) == (None, None, None)
        assert (len(posts(world)), world.shops.asked) == (1, [])

    def test_that_the_shop_no_longer_confirms_is_skipped(self, world: World) -> None:
        know_casey(world)
        gone = a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW)
        world.resolve(receive_fact(world, gone, Action.UPDATE).key)
        assert event_of(world).name is EventName.CANCEL_MEMBERSHIP
        world.meta.script = [REFUSED]
        world.send(world.row())
        world.queue.tasks.clear()
        send_again(world)
        world.run_tasks()  # by now the shop has the membership again
        delivery, row = world.delivery(), world.row()
        assert (delivery.status, delivery.reason) == (DeliveryStatus.SKIPPED, Reason.NO_LONGER_SO)
        assert (row.lookup, row.payload, row.due_at) == (None, None, None)
        assert len(posts(world)) == 1

"""What failed and cannot be sent again, and what never failed."""

from datetime import timedelta

import pytest

from service.domain.delivery import DeliveryStatus
from service.domain.event import EventName
from service.domain.job import JobKind
from service.domain.log_view import LogView, Show
from service.domain.reason import Reason
from service.domain.tenant import Pixels, Role
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    REFUSED,
    TENANT,
    a_delivery,
    a_record,
    a_registration,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.failures import (
    a_week_passes,
    fail,
    plan,
    posts,
    send_again,
    without,
)

DAY = timedelta(days=1)


class TestWhatIsLost:
    def lost(self, world: World) -> dict[Reason, int]:
        world.queue.tasks.clear()
        told = plan(world, LogView(show=Show.ALL))
        assert told.total == 0
        assert send_again(world, LogView(show=Show.ALL)) is None
        assert world.queue.tasks == []
        assert world.services.jobs.find(TENANT, JobKind.RESEND) is None
        return dict(told.lost)

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

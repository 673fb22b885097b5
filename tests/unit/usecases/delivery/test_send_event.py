from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.schedule import LEASE_FOR, MAX_ATTEMPTS
from service.domain.delivery.verdict import Verdict
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.usecases.delivery.send_event import Attempted, SendResult
from tests.builders import (
    ACCEPTED,
    DOWN,
    LOST,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    TOKEN,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.unit.usecases.interruptions import cut_short, followed, preceded, rewrite


class TestADelivery:
    def test_reaches_its_pixel_with_its_token(self, world: World) -> None:
        record = world.record_an_order()

        assert world.send(record).attempted is Attempted.FINISHED

        ((event, pixel_id, token),) = world.meta.sent
        assert event.event_id == record.event_id
        assert (pixel_id, token) == (PIXEL, f"{TOKEN}primary")
        assert world.row().status is Status.SENT
        assert world.row().payload is None
        assert world.delivery().trace_id == "trace-1"

    def test_is_sent_once_however_often_the_task_comes(self, world: World) -> None:
        record = world.record_an_order()
        for _ in range(5):
            world.send(record)

        assert len(world.meta.sent) == 1

    def test_is_not_sent_twice_while_an_attempt_is_under_way(self, world: World) -> None:
        record = world.record_an_order()
        meanwhile: list[SendResult] = []
        world.meta.meanwhile = lambda: meanwhile.append(world.send(record))

        assert world.send(record).attempted is Attempted.FINISHED
        assert [result.attempted for result in meanwhile] == [Attempted.BUSY]
        assert len(world.meta.sent) == 1

    def test_goes_to_each_pixel_by_itself_with_the_same_id(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.meta.script = [REFUSED]

        for role in Role:
            world.send(record, role)

        assert [pixel for _, pixel, _ in world.meta.sent] == [PIXEL, SECOND_PIXEL]
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1
        assert world.delivery().status is DeliveryStatus.ERROR
        assert world.delivery(Role.SECONDARY).status is DeliveryStatus.SENT
        assert world.row().status is Status.ERROR

    def test_is_not_postponed_by_the_other_pixels_delivery_at_the_same_moment(
        self, world: World
    ) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        events = preceded(
            world.services.events, "replace", by=lambda: world.send(record, Role.SECONDARY)
        )
        racing = replace(world, services=replace(world.services, events=events))
        result = racing.send(record)

        assert result.attempted is Attempted.FINISHED
        assert world.row().status is Status.SENT
        assert len(world.meta.sent) == 2

    def test_is_postponed_while_other_processes_keep_writing_its_record(self, world: World) -> None:
        record = world.record_an_order()

        def write() -> None:
            rewrite(world, record.key)

        events = preceded(world.services.events, "replace", at=None, by=write)
        busy = replace(world, services=replace(world.services, events=events))

        assert busy.send(record).attempted is Attempted.BUSY
        assert (world.meta.sent, world.row().deliveries) == ([], record.deliveries)
        assert world.send(record).attempted is Attempted.FINISHED

    def test_survives_the_other_pixels_delivery_writing_in_between(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))

        def send_the_other() -> None:
            world.meta.meanwhile = lambda: None
            world.send(record, Role.SECONDARY)

        world.meta.meanwhile = send_the_other
        world.send(record)

        assert world.row().status is Status.SENT
        assert {each.status for each in world.row().deliveries.values()} == {DeliveryStatus.SENT}


class TestAFailedAttempt:
    def test_is_made_again_by_the_queue_up_to_three_times(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [DOWN] * 10
        asked = []
        for pause in (30, 60, 120, 0):
            asked.append(world.send(record).attempted)
            world.clock.advance(timedelta(seconds=pause))

        assert asked == [Attempted.RETRY] * (MAX_ATTEMPTS - 1) + [Attempted.HELD]
        assert world.send(record).attempted is Attempted.HELD
        assert len(world.meta.sent) == MAX_ATTEMPTS
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1
        assert world.row().status is Status.ERROR
        assert (
            world.delivery().sentence
            == f"Meta could not accept the event (tried {MAX_ATTEMPTS} times)"
        )
        assert world.row().payload is not None

    def test_is_not_made_again_before_its_pause(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [DOWN]
        world.send(record)
        world.clock.advance(timedelta(seconds=20))

        assert world.send(record).attempted is Attempted.BUSY
        assert len(world.meta.sent) == 1

    def test_whose_answer_was_lost_is_counted_apart(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [LOST]
        world.send(record)
        world.clock.advance(timedelta(seconds=30))
        world.send(record)

        assert (world.delivery().attempts, world.delivery().answered) == (2, 1)
        assert world.row().status is Status.SENT

    def test_that_is_killed_every_time_is_parked_after_four(self, world: World) -> None:
        record = world.record_an_order()
        cut_short(world, record, times=MAX_ATTEMPTS, then=lambda: world.clock.advance(LEASE_FOR))

        assert world.send(record).attempted is Attempted.HELD
        assert (
            world.delivery().sentence
            == f"every attempt was interrupted (tried {MAX_ATTEMPTS} times)"
        )
        assert world.row().status is Status.ERROR
        assert len(world.meta.sent) == MAX_ATTEMPTS

    def test_that_was_killed_is_repeated_after_its_lease(self, world: World) -> None:
        record = world.record_an_order()
        cut_short(world, record)

        assert world.send(record).attempted is Attempted.BUSY
        world.clock.advance(LEASE_FOR)
        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.delivery().attempts, world.delivery().answered) == (2, 1)

    def test_that_froze_before_it_began_checks_its_lease(self, world: World) -> None:
        record = world.record_an_order()

        def freeze() -> None:
            world.clock.advance(LEASE_FOR)
            world.send(record)

        events = followed(world.services.events, "replace", by=freeze)
        freezing = replace(world, services=replace(world.services, events=events))

        assert freezing.send(record).attempted is Attempted.NOTHING
        assert len(world.meta.sent) == 1

    @pytest.mark.parametrize(
        ("successor", "ours", "status"),
        [
            (REFUSED, DOWN, Status.ERROR),
            (REFUSED, ACCEPTED, Status.SENT),
            (DOWN, DOWN, Status.RETRYING),
            (DOWN, REFUSED, Status.RETRYING),
            (DOWN, ACCEPTED, Status.SENT),
        ],
    )
    def test_that_outlived_its_lease_only_counts_if_accepted(
        self, world: World, successor: Verdict, ours: Verdict, status: Status
    ) -> None:
        record = world.record_an_order()

        def overtake() -> None:
            world.meta.meanwhile = lambda: None
            world.clock.advance(LEASE_FOR)
            world.send(record)

        world.meta.meanwhile = overtake
        world.meta.script = [successor, ours]
        world.send(record)

        assert world.row().status is status

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.delivery import Delivery, DeliveryStatus
from service.domain.record import EventRecord, Status
from service.domain.schedule import LEASE_FOR, THROTTLED_FOR, TOKEN_PROBE_EVERY
from service.domain.tenant import Pixels, Role, TenantSettings
from service.domain.verdict import Verdict
from service.ports import StoreUnavailableError
from service.usecases.receive_order import receive_order
from service.usecases.send_event import Attempted, SendResult, send_event
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    LOST,
    NOW,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    SLOW_DOWN,
    TENANT,
    TOKEN,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World


def record_an_order(world: World, settings: TenantSettings | None = None) -> EventRecord:
    world.install(settings)
    received = receive_order(an_order(), tenant_id=TENANT, now=NOW, services=world.services)
    assert received.record is not None
    return received.record


def send(world: World, record: EventRecord, role: Role = Role.PRIMARY) -> SendResult:
    return send_event(TENANT, record.key, role=role, services=world.services)


def delivery(world: World, role: Role = Role.PRIMARY) -> Delivery:
    return world.row().deliveries[role]


class TestADelivery:
    def test_reaches_its_pixel_with_its_token(self, world: World) -> None:
        record = record_an_order(world)

        assert send(world, record).attempted is Attempted.FINISHED

        ((event, pixel_id, token),) = world.meta.sent
        assert event.event_id == record.event_id
        assert (pixel_id, token) == (PIXEL, f"{TOKEN}primary")
        assert world.row().status is Status.SENT
        assert world.row().payload is None
        assert delivery(world).trace_id == "trace-1"

    def test_is_sent_once_however_often_the_task_comes(self, world: World) -> None:
        record = record_an_order(world)
        for _ in range(5):
            send(world, record)

        assert len(world.meta.sent) == 1

    def test_is_not_sent_twice_while_an_attempt_is_under_way(self, world: World) -> None:
        record = record_an_order(world)
        meanwhile: list[SendResult] = []
        world.meta.meanwhile = lambda: meanwhile.append(send(world, record))

        assert send(world, record).attempted is Attempted.FINISHED
        assert [result.attempted for result in meanwhile] == [Attempted.BUSY]
        assert len(world.meta.sent) == 1

    def test_goes_to_each_pixel_by_itself_with_the_same_id(self, world: World) -> None:
        record = record_an_order(world, some_settings(pixels=two_pixels()))
        world.meta.script = [REFUSED]

        for role in Role:
            send(world, record, role)

        assert [pixel for _, pixel, _ in world.meta.sent] == [PIXEL, SECOND_PIXEL]
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1
        assert delivery(world).status is DeliveryStatus.ERROR
        assert delivery(world, Role.SECONDARY).status is DeliveryStatus.SENT
        assert world.row().status is Status.ERROR

    def test_survives_the_other_pixels_delivery_writing_in_between(self, world: World) -> None:
        record = record_an_order(world, some_settings(pixels=two_pixels()))

        def send_the_other() -> None:
            world.meta.meanwhile = lambda: None
            send(world, record, Role.SECONDARY)

        world.meta.meanwhile = send_the_other
        send(world, record)

        assert world.row().status is Status.SENT
        assert {each.status for each in world.row().deliveries.values()} == {DeliveryStatus.SENT}


class TestAFailedAttempt:
    def test_is_made_again_by_the_queue_up_to_three_times(self, world: World) -> None:
        record = record_an_order(world)
        world.meta.script = [DOWN] * 10
        asked = []
        for pause in (30, 60, 120, 0):
            asked.append(send(world, record).attempted)
            world.clock.advance(timedelta(seconds=pause))

        assert asked == [Attempted.RETRY] * 3 + [Attempted.FINISHED]
        assert send(world, record).attempted is Attempted.NOTHING
        assert len(world.meta.sent) == 4
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1
        assert world.row().status is Status.ERROR
        assert delivery(world).reason == "Meta is down (tried 4 times)"
        assert world.row().payload is None

    def test_is_not_made_again_before_its_pause(self, world: World) -> None:
        record = record_an_order(world)
        world.meta.script = [DOWN]
        send(world, record)
        world.clock.advance(timedelta(seconds=20))

        assert send(world, record).attempted is Attempted.BUSY
        assert len(world.meta.sent) == 1

    def test_whose_answer_was_lost_is_counted_apart(self, world: World) -> None:
        record = record_an_order(world)
        world.meta.script = [LOST]
        send(world, record)
        world.clock.advance(timedelta(seconds=30))
        send(world, record)

        assert (delivery(world).attempts, delivery(world).answered) == (2, 1)
        assert world.row().status is Status.SENT

    def test_that_was_killed_is_made_again_after_its_lease(self, world: World) -> None:
        record = record_an_order(world)

        def die() -> None:
            raise KeyboardInterrupt

        world.meta.meanwhile = die
        with pytest.raises(KeyboardInterrupt):
            send(world, record)
        world.meta.meanwhile = lambda: None

        assert send(world, record).attempted is Attempted.BUSY
        world.clock.advance(LEASE_FOR)
        assert send(world, record).attempted is Attempted.FINISHED
        assert (delivery(world).attempts, delivery(world).answered) == (2, 1)

    @pytest.mark.parametrize(
        ("successor", "ours", "status"),
        [
            (REFUSED, DOWN, Status.ERROR),
            (REFUSED, ACCEPTED, Status.ERROR),
            (DOWN, DOWN, Status.RETRYING),
            (DOWN, ACCEPTED, Status.SENT),
        ],
    )
    def test_that_outlived_its_lease_only_adds_that_meta_has_it(
        self, world: World, successor: Verdict, ours: Verdict, status: Status
    ) -> None:
        record = record_an_order(world)

        def overtake() -> None:
            world.meta.meanwhile = lambda: None
            world.clock.advance(LEASE_FOR)
            send(world, record)

        world.meta.meanwhile = overtake
        world.meta.script = [successor, ours]
        send(world, record)

        assert world.row().status is status


class TestAHold:
    @pytest.mark.parametrize(
        ("verdict", "wait"),
        [
            (SLOW_DOWN, THROTTLED_FOR),
            (replace(SLOW_DOWN, retry_after=timedelta(minutes=9)), timedelta(minutes=9)),
            (BAD_TOKEN, TOKEN_PROBE_EVERY),
        ],
    )
    def test_uses_no_attempt_and_ends_by_itself(
        self, world: World, verdict: Verdict, wait: timedelta
    ) -> None:
        record = record_an_order(world)
        world.meta.script = [verdict]

        assert send(world, record).attempted is Attempted.HELD
        assert delivery(world).attempts == 0
        assert delivery(world).due_at == NOW + wait
        assert world.row().payload is not None

        world.clock.advance(wait - timedelta(seconds=1))
        assert send(world, record).attempted is Attempted.HELD
        world.clock.advance(timedelta(seconds=1))
        assert send(world, record).attempted is Attempted.FINISHED
        assert len(world.meta.sent) == 2

    def test_for_the_currency_ends_when_it_is_known(self, world: World) -> None:
        record = record_an_order(world, some_settings(currency=None))
        world.clock.advance(timedelta(minutes=5))
        assert send(world, record).attempted is Attempted.HELD

        world.install(some_settings(currency="CAD"))
        world.clock.advance(timedelta(minutes=5))
        assert send(world, record).attempted is Attempted.FINISHED

        ((event, _, _),) = world.meta.sent
        assert event.custom.value is not None
        assert event.custom.value.currency == "CAD"
        custom = world.row().custom
        assert custom is not None
        assert custom.value == event.custom.value

    def test_for_a_token_that_cannot_be_read_says_what_to_do(self, world: World) -> None:
        record = record_an_order(world)
        world.services.tenants.save_sealed_token(TENANT, Role.PRIMARY, "damaged")

        assert send(world, record).attempted is Attempted.HELD
        assert delivery(world).reason == "the access token cannot be read: enter it again"
        assert world.meta.sent == []

    def test_does_not_open_another_tenants_token(self, world: World) -> None:
        record = record_an_order(world)
        world.install(tenant_id="other-winery")
        stolen = world.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        assert stolen is not None
        world.services.tenants.save_sealed_token(TENANT, Role.PRIMARY, stolen)

        assert send(world, record).attempted is Attempted.HELD
        assert world.meta.sent == []


class TestWhatChangedMeanwhile:
    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            (some_settings(enabled=False), "switched off"),
            (some_settings(pixels=Pixels()), "pixel removed"),
        ],
    )
    def test_ends_the_delivery(self, world: World, settings: TenantSettings, reason: str) -> None:
        record = record_an_order(world)
        world.install(settings)

        assert send(world, record).attempted is Attempted.FINISHED
        assert (world.row().status, delivery(world).reason) == (Status.SKIPPED, reason)
        assert world.row().payload is None
        assert world.meta.sent == []

    def test_uses_the_pixel_of_the_moment(self, world: World) -> None:
        record = record_an_order(world)
        world.install(some_settings(pixels=Pixels(primary=two_pixels().secondary)))
        send(world, record)

        assert [pixel for _, pixel, _ in world.meta.sent] == [SECOND_PIXEL]
        assert delivery(world).pixel_id == SECOND_PIXEL

    def test_is_that_seven_days_went_by(self, world: World) -> None:
        record = record_an_order(world)
        world.clock.advance(timedelta(days=7))
        send(world, record)

        assert delivery(world).reason == "could not be sent within 7 days"
        assert (world.row().status, world.row().payload) == (Status.ERROR, None)
        assert world.meta.sent == []


class TestATaskForNothing:
    def test_is_done(self, world: World) -> None:
        record = record_an_order(world)
        unknown = send_event(TENANT, "no-such-key", role=Role.PRIMARY, services=world.services)
        no_role = send(world, record, Role.SECONDARY)
        elsewhere = send_event(
            "other-winery", record.key, role=Role.PRIMARY, services=world.services
        )

        assert {unknown.attempted, no_role.attempted, elsewhere.attempted} == {Attempted.NOTHING}
        assert world.meta.sent == []


class TestAStoreThatFails:
    def test_after_the_send_leaves_the_lease_to_run_out(
        self, world: World, close_file: Callable[[], None]
    ) -> None:
        record = record_an_order(world)
        world.meta.meanwhile = close_file

        with pytest.raises(StoreUnavailableError):
            send(world, record)

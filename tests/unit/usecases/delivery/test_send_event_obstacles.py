"""Obstacles to a delivery: changed settings, an unreadable secret, another process."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.schedule import LEASE_FOR
from service.domain.events.event import EVENT_WINDOW
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Pixel, Pixels, Role, Tenant, TenantSettings
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from service.ports import StoreUnavailableError
from service.usecases.delivery.send_event import Attempted, SendResult, send_event
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    NOW,
    PIXEL,
    POLICY,
    SECOND_PIXEL,
    TENANT,
    a_record,
    a_signal,
    an_order,
    one_pixel_twice,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import save_settings, save_token

HOUR = timedelta(hours=1)


class TenantsInterrupted(SqliteTenants):
    """Tenants that call `meanwhile` once, while an attempt reads the settings."""

    def __init__(self, file: SqliteFile, meanwhile: Callable[[], object]) -> None:
        super().__init__(file)
        self._meanwhile = meanwhile

    def get_cached(self, tenant_id: str) -> Tenant | None:
        self._meanwhile()
        return super().get_cached(tenant_id)


class TestWhatChangedMeanwhile:
    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            (some_settings(enabled=False), "switched off"),
            (some_settings(channels={Channel.WEB: False}), "switched off"),
            (some_settings(pixels=Pixels()), "pixel removed"),
        ],
    )
    def test_ends_the_delivery(self, world: World, settings: TenantSettings, reason: str) -> None:
        record = world.record_an_order()
        world.install(settings)

        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.row().status, world.delivery().reason) == (Status.SKIPPED, reason)
        assert world.row().payload is None
        assert world.meta.sent == []

    @pytest.mark.parametrize("pixels", [Pixels(primary=Pixel(id=PIXEL)), one_pixel_twice()])
    def test_ends_the_delivery_to_a_removed_pixel_alone(self, world: World, pixels: Pixels) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.install(some_settings(pixels=pixels))
        for role in Role:
            world.send(record, role)

        assert world.delivery().status is DeliveryStatus.SENT
        assert world.delivery(Role.SECONDARY).reason == "pixel removed"

    def test_ends_the_delivery_of_an_erased_tenant(self, world: World) -> None:
        record = a_record(payload="sealed")
        world.services.events.add(record)

        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.row().status, world.delivery().reason) == (Status.SKIPPED, "not installed")
        assert world.row().payload is None

    def test_leaves_a_currency_that_was_known(self, world: World) -> None:
        record = world.record_an_order()
        world.install(some_settings(currency="CAD"))
        world.send(record)

        ((event, _, _),) = world.meta.sent
        assert event.custom.value is not None
        assert event.custom.value.currency == "USD"

    def test_uses_the_pixel_of_the_moment(self, world: World) -> None:
        record = world.record_an_order()
        world.install(some_settings(pixels=Pixels(primary=two_pixels().secondary)))
        world.send(record)

        assert [pixel for _, pixel, _ in world.meta.sent] == [SECOND_PIXEL]
        assert world.delivery().pixel_id == SECOND_PIXEL

    def test_is_reported_with_what_was_waited_for(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.clock.advance(EVENT_WINDOW)
        world.send(record)

        why = "could not be sent within 7 days: Meta refused the access token"
        assert world.delivery().sentence == why

    def test_is_no_obstacle_a_second_before_seven_days(self, world: World) -> None:
        record = world.record_an_order()
        world.clock.advance(EVENT_WINDOW - HOUR - timedelta(seconds=1))

        assert world.send(record).attempted is Attempted.FINISHED
        assert world.row().status is Status.SENT

    def test_is_that_seven_days_went_by(self, world: World) -> None:
        record = world.record_an_order()
        world.clock.advance(timedelta(days=7))
        world.send(record)

        assert world.delivery().reason == "could not be sent within 7 days"
        assert (world.row().status, world.row().payload) == (Status.ERROR, None)
        assert world.meta.sent == []


class TestATaskWithNothingToDo:
    def test_is_done(self, world: World) -> None:
        record = world.record_an_order()
        unknown = send_event(TENANT, "no-such-key", role=Role.PRIMARY, services=world.services)
        no_role = world.send(record, Role.SECONDARY)
        elsewhere = send_event(
            "other-winery", record.key, role=Role.PRIMARY, services=world.services
        )

        assert {unknown.attempted, no_role.attempted, elsewhere.attempted} == {Attempted.NOTHING}
        assert world.meta.sent == []


class TestAStoreThatFails:
    def test_after_the_send_leaves_the_lease_to_run_out(
        self, world: World, close_file: Callable[[], None]
    ) -> None:
        record = world.record_an_order()
        world.meta.meanwhile = close_file

        with pytest.raises(StoreUnavailableError):
            world.send(record)


class TestWhatIsWaitedFor:
    def test_is_a_token_that_was_never_entered(self, world: World) -> None:
        save_settings(world.services.tenants, TENANT, some_settings())
        received = world.receive(a_signal(an_order()))
        assert received.record is not None

        assert world.send(received.record).attempted is Attempted.HELD
        assert world.delivery().reason == "no access token: enter one in the settings"
        assert world.breaker().due_at == NOW + POLICY.token_probe_every
        assert world.row().payload is not None

    def test_is_a_token_that_is_text(self, world: World) -> None:
        record = world.record_an_order()
        sealed = world.services.vault.seal(TENANT, b"\xff")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)

        assert world.send(record).attempted is Attempted.HELD
        assert world.delivery().sentence == "access token cannot be read"


class TestAPayload:
    @pytest.mark.parametrize("plain", [None, b"{}", b"\xff"])
    def test_that_cannot_be_read_back_is_an_error(self, world: World, plain: bytes | None) -> None:
        record = world.record_an_order()
        stored = world.services.events.find(TENANT, record.key)
        assert stored is not None
        sealed = world.services.vault.seal(TENANT, plain) if plain else None
        world.services.events.replace(stored, replace(stored.record, payload=sealed))

        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.row().status, world.row().payload) == (Status.ERROR, None)
        assert world.delivery().reason == "the event could not be read back"


class TestAFasterProcess:
    def test_makes_the_attempt_alone(self, world: World) -> None:
        record = world.record_an_order()
        quicker: list[SendResult] = []

        def overtaken() -> str:
            quicker.append(world.send(record))
            return "too-late"

        services = replace(world.services, new_id=overtaken)
        slower = send_event(TENANT, record.key, role=Role.PRIMARY, services=services)

        assert [result.attempted for result in quicker] == [Attempted.FINISHED]
        assert slower.attempted is Attempted.NOTHING
        assert len(world.meta.sent) == 1

    def test_does_not_keep_the_other_delivery_from_being_ended(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.install(some_settings(pixels=Pixels()))
        with closing(SqliteFile(str(world.file))) as file:
            tenants = TenantsInterrupted(file, lambda: world.send(record, Role.SECONDARY))
            services = replace(world.services, tenants=tenants)
            slower = send_event(TENANT, record.key, role=Role.PRIMARY, services=services)

        assert slower.attempted is Attempted.FINISHED
        assert world.delivery().status is DeliveryStatus.SKIPPED
        assert world.delivery(Role.SECONDARY).status is DeliveryStatus.SKIPPED

    def test_keeps_its_pause_when_the_slower_one_fails_too(self, world: World) -> None:
        record = world.record_an_order()

        def overtake() -> None:
            world.meta.meanwhile = lambda: None
            world.clock.advance(LEASE_FOR)
            world.send(record)
            world.clock.advance(timedelta(seconds=20))

        world.meta.meanwhile = overtake
        world.meta.script = [DOWN, DOWN]

        assert world.send(record).attempted is Attempted.NOTHING
        assert (world.delivery().attempts, world.delivery().answered) == (2, 1)
        assert world.delivery().is_open(NOW + LEASE_FOR + timedelta(seconds=60))

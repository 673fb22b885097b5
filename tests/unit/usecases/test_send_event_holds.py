from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.schedule import THROTTLED_FOR, TOKEN_PROBE_EVERY
from service.domain.tenant import Role
from service.domain.verdict import Verdict
from service.usecases.send_event import Attempted
from tests.builders import BAD_TOKEN, NOW, SLOW_DOWN, TENANT, some_settings, two_pixels
from tests.conftest import World


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
        record = world.record_an_order()
        world.meta.script = [verdict]

        assert world.send(record).attempted is Attempted.HELD
        assert world.delivery().attempts == 0
        assert world.delivery().due_at == NOW + wait
        assert world.row().payload is not None

        world.clock.advance(wait - timedelta(seconds=1))
        assert world.send(record).attempted is Attempted.HELD
        world.clock.advance(timedelta(seconds=1))
        assert world.send(record).attempted is Attempted.FINISHED
        assert len(world.meta.sent) == 2

    def test_for_the_currency_ends_when_it_is_known(self, world: World) -> None:
        record = world.record_an_order(some_settings(currency=None))
        world.clock.advance(timedelta(minutes=5))
        assert world.send(record).attempted is Attempted.HELD

        world.install(some_settings(currency="CAD"))
        world.clock.advance(timedelta(minutes=5))
        assert world.send(record).attempted is Attempted.FINISHED

        ((event, _, _),) = world.meta.sent
        assert event.custom.value is not None
        assert event.custom.value.currency == "CAD"
        custom = world.row().custom
        assert custom is not None
        assert custom.value == event.custom.value

    def test_for_the_currency_that_is_over_for_one_pixel_is_over_for_both(
        self, world: World
    ) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels(), currency=None))
        world.clock.advance(timedelta(minutes=5))
        world.install(some_settings(pixels=two_pixels(), currency="CAD"))
        world.send(record)
        world.install(some_settings(pixels=two_pixels(), currency=None))
        world.send(record, Role.SECONDARY)

        sent = [event.custom.value for event, _, _ in world.meta.sent]
        assert [value and value.currency for value in sent] == ["CAD", "CAD"]

    def test_never_keeps_data_beyond_seven_days(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [replace(SLOW_DOWN, retry_after=timedelta(hours=24))]
        world.clock.advance(timedelta(days=6, hours=22))
        world.send(record)
        over = NOW + timedelta(days=6, hours=23)
        assert world.row().due_at == over

        world.clock.advance(over - world.clock.now)
        assert world.send(record).attempted is Attempted.FINISHED
        assert world.row().payload is None
        assert world.delivery().reason == (
            "could not be sent within 7 days: Meta asks us to slow down"
        )

    def test_for_a_token_that_cannot_be_read_says_what_to_do(self, world: World) -> None:
        record = world.record_an_order()
        world.services.tenants.save_sealed_token(TENANT, Role.PRIMARY, "damaged")

        assert world.send(record).attempted is Attempted.HELD
        assert world.delivery().reason == "the access token cannot be read: enter it again"
        assert world.meta.sent == []

    def test_does_not_open_another_tenants_token(self, world: World) -> None:
        record = world.record_an_order()
        world.install(tenant_id="other-winery")
        stolen = world.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        assert stolen is not None
        world.services.tenants.save_sealed_token(TENANT, Role.PRIMARY, stolen)

        assert world.send(record).attempted is Attempted.HELD
        assert world.meta.sent == []

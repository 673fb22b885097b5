from datetime import timedelta

import pytest

from service.domain.shop.signal import Actor
from service.usecases.eventlog.staff_sign_ups import are_sign_ups_all_by_staff
from tests.builders import TENANT, a_registration, a_signal
from tests.conftest import World

DAY = timedelta(days=1)


def sign_up(world: World, *numbers: int, by: Actor | None) -> None:
    for number in numbers:
        made = a_registration(id=f"customer-{number}", created_at=world.clock())
        world.receive(a_signal(made, actor=by))


def is_alarming(world: World) -> bool:
    return are_sign_ups_all_by_staff(TENANT, now=world.clock(), services=world.services)


class TestTheWeeksSignUps:
    @pytest.fixture(autouse=True)
    def _installed(self, world: World) -> None:
        world.install()

    @pytest.mark.parametrize(("number", "alarms"), [(0, False), (4, False), (5, True), (30, True)])
    def test_alarm_if_all_of_five_were_skipped(
        self, world: World, number: int, *, alarms: bool
    ) -> None:
        sign_up(world, *range(number), by=Actor.STAFF)
        assert is_alarming(world) is alarms

    @pytest.mark.parametrize("by", [None, Actor.SHOPPER])
    def test_do_not_if_one_was_made_by_a_shopper(self, world: World, by: Actor | None) -> None:
        sign_up(world, *range(9), by=Actor.STAFF)
        sign_up(world, 10, by=by)
        assert is_alarming(world) is False

    def test_do_not_a_week_later(self, world: World) -> None:
        sign_up(world, *range(9), by=Actor.STAFF)
        world.clock.advance(8 * DAY)
        assert is_alarming(world) is False

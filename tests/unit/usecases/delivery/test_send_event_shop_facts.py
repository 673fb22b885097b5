from datetime import timedelta

import pytest

from service.domain.delivery.delivery import Wait
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.shop.signal import Fact
from service.domain.tenants.tenant import Role
from service.usecases.delivery.send_event import Attempted
from tests.builders import a_reservation, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World


class TestAHoldForTheCurrency:
    def test_ends_when_it_is_known(self, world: World) -> None:
        record = world.record_an_order(some_settings(currency=None))
        assert world.send(record).attempted is Attempted.HELD

        world.install(some_settings(currency="CAD"))
        world.run_tasks()

        ((event, _, _),) = world.meta.sent
        assert event.custom.value is not None
        assert event.custom.value.currency == "CAD"
        custom = world.row().custom
        assert custom is not None
        assert custom.value == event.custom.value

    def test_that_ends_for_one_pixel_ends_for_both(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels(), currency=None))
        world.install(some_settings(pixels=two_pixels(), currency="CAD"))
        world.send(record)
        world.install(some_settings(pixels=two_pixels(), currency=None))
        world.send(record, Role.SECONDARY)

        sent = [event.custom.value for event, _, _ in world.meta.sent]
        assert [value and value.currency for value in sent] == ["CAD", "CAD"]


class TestAHoldForTheShopsAddress:
    def test_ends_when_it_is_entered_and_the_event_names_its_page(self, world: World) -> None:
        record = world.record_an_order(some_settings(shop_domains=()))
        assert (world.row().status, world.delivery().reason) == ("held", Reason.ADDRESS_UNKNOWN)
        assert world.send(record).attempted is Attempted.HELD

        world.install(some_settings(shop_domains=("www.example.com",)))
        world.run_tasks()
        ((event, _, _),) = world.meta.sent
        assert (event.source_url, world.row().status) == ("https://www.example.com/", "sent")

    def test_and_one_for_the_currency_end_when_both_are_known(self, world: World) -> None:
        nothing = {"currency": None, "shop_domains": ()}
        world.record_an_order(some_settings(**nothing))
        for known, waits_for in (
            ({"currency": "CAD"}, Wait.ADDRESS),
            ({"shop_domains": ("www.example.com",)}, Wait.CURRENCY),
        ):
            world.clock.advance(timedelta(seconds=1))
            world.install(some_settings(**{**nothing, **known}))
            world.run_tasks()
            assert (world.delivery().waits_for, world.meta.sent) == (waits_for, [])
            world.install(some_settings(**nothing))
        world.clock.advance(timedelta(seconds=1))
        world.install(some_settings(currency="CAD"))
        world.run_tasks()
        assert len(world.meta.sent) == 1

    @pytest.mark.parametrize(
        "fact", [an_order(channel=Channel.POS), a_reservation(is_online=False)]
    )
    def test_is_none_of_an_event_off_the_web(self, world: World, fact: Fact) -> None:
        world.install(some_settings(shop_domains=()))
        world.receive(a_signal(fact))
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_holds_a_visit_that_was_booked_on_the_web(self, world: World) -> None:
        world.install(some_settings(shop_domains=()))
        world.receive(a_signal(a_reservation()))
        assert world.delivery().waits_for is Wait.ADDRESS

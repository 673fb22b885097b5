"""Sales at the till may be sent for 62 days, but their data is stored for seven."""

from datetime import timedelta

import pytest

from service.domain.delivery.delivery import Wait
from service.domain.shop.order import Channel, Payment
from service.domain.shop.signal import Actor
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role
from service.usecases.eventlog.erase_customer import erase_customer
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import NOW, REFUSED, TENANT, TOKEN, a_signal, an_order, some_settings
from tests.conftest import World
from tests.tenants import remove_tokens
from tests.unit.usecases.failures import send_again

DAY = timedelta(days=1)


def hold(world: World, channel: Channel) -> None:
    """Receive an order whose delivery waits for a token, and let the shop know the order."""
    world.install()
    order = an_order(channel=channel)
    world.shops.orders[order.id] = order
    remove_tokens(world.services.tenants, TENANT, Role.PRIMARY)
    world.receive(a_signal(order))
    world.run_tasks()
    assert world.delivery().waits_for is Wait.TOKEN


def pass_time(world: World, by: timedelta) -> None:
    world.clock.advance(by)
    for _ in range(3):
        world.sweep()
        world.run_tasks()


def connect(world: World) -> None:
    tokens = {Role.PRIMARY: TOKEN}
    configure_tenant(TENANT, some_settings(), tokens=tokens, by=OPERATOR, services=world.services)
    pass_time(world, timedelta(minutes=1))
    pass_time(world, timedelta(minutes=2))  # real tasks never fall on the same microsecond


class TestASaleAtTheTill:
    def test_loses_its_data_after_seven_days_and_waits_on(self, world: World) -> None:
        hold(world, Channel.POS)
        pass_time(world, 6 * DAY)
        assert world.row().payload is not None
        pass_time(world, DAY)
        assert (world.row().payload, world.row().status) == (None, "held")
        assert world.row().is_settled is False

    @pytest.mark.parametrize("days", [8, 60])
    def test_is_fetched_again_when_it_is_released(self, world: World, days: int) -> None:
        hold(world, Channel.POS)
        pass_time(world, days * DAY)
        connect(world)
        ((event, _, _),) = world.meta.sent
        assert event.occurred_at == NOW - timedelta(hours=1)
        assert event.identity.hashed_emails
        assert (world.row().status, world.row().payload) == ("sent", None)

    def test_that_is_no_sale_any_more_is_skipped(self, world: World) -> None:
        hold(world, Channel.POS)
        pass_time(world, 8 * DAY)
        cancelled = an_order(channel=Channel.POS, payment=Payment.CANCELLED)
        world.shops.orders[cancelled.id] = cancelled
        connect(world)
        assert (world.meta.sent, world.row().status) == ([], "skipped")

    def test_of_an_erased_customer_is_not_fetched_again(self, world: World) -> None:
        hold(world, Channel.POS)
        pass_time(world, 8 * DAY)
        email = "casey@example.com"
        erased = erase_customer(TENANT, email=email, customer_id=None, services=world.services)
        assert (erased.events, erased.unknown) == (1, 0)
        connect(world)
        assert world.meta.sent == []

    def test_completed_by_staff_is_sent_without_their_browser(self, world: World) -> None:
        world.install()
        order = an_order()
        world.shops.orders[order.id] = order
        world.receive(a_signal(order, actor=Actor.STAFF))
        world.meta.script = [REFUSED]
        world.run_tasks()
        assert world.row().status == "error"
        send_again(world)
        pass_time(world, timedelta(minutes=3))
        browsers = [(each.identity.ip, each.identity.user_agent) for each, _, _ in world.meta.sent]
        assert browsers == [(None, None)] * 2

    def test_is_given_up_after_62_days(self, world: World) -> None:
        hold(world, Channel.POS)
        for _ in range(63):
            pass_time(world, DAY)
        assert (world.row().status, world.meta.sent, world.shops.asked) == ("error", [], [])


class TestAnyOtherEvent:
    @pytest.mark.parametrize("channel", [Channel.WEB, Channel.PHONE, Channel.CLUB])
    def test_is_given_up_after_seven_days(self, world: World, channel: Channel) -> None:
        hold(world, channel)
        pass_time(world, 7 * DAY)
        assert (world.row().status, world.row().payload) == ("error", None)

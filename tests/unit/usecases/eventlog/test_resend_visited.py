"""Resending events that were joined to a visit, or whose shopper sent a privacy signal."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from service.domain.events.event import Event
from service.domain.shop.signal import Actor
from tests.beacons import FBC, PHONE, VISITOR_IP, post_beacon
from tests.builders import REFUSED, a_signal
from tests.conftest import World
from tests.unit.usecases.failures import send_again
from tests.web.endpoints.visits import CART, an_order_now, run

DAY = timedelta(days=1)


def refuse_and_send_again(world: World, **told: Any) -> tuple[Event, Event]:
    """Let Meta refuse an order, have it sent again a day later, and return both events."""
    order = an_order_now(world)
    world.shops.orders[order.id] = order
    world.receive(a_signal(order, **told))
    world.meta.script = [REFUSED]
    run(world)
    world.clock.advance(DAY)
    send_again(world)
    run(world)
    first, second = (event for event, *_ in world.meta.sent)
    return first, second


class TestAnOrder:
    def test_keeps_the_limited_data_use_of_its_shoppers_privacy_signal(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        post_beacon(client, cart=CART, gpc=True)
        first, second = refuse_and_send_again(world)
        assert first.data_use.limited
        assert second.data_use == first.data_use

    def test_completed_by_staff_never_has_their_browser_in_place_of_the_visits(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        post_beacon(client, cart=CART, fbc=FBC)
        first, second = refuse_and_send_again(world, actor=Actor.STAFF)
        assert (first.identity.ip, first.identity.user_agent) == (VISITOR_IP, PHONE)
        assert (second.identity.ip, second.identity.user_agent) == (None, None)

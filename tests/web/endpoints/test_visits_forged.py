"""What beacons of strangers cannot do to an order: credit it to their click, or hide its visit."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.events.browser_signal import SIGNAL_FOR, BrowserSignal
from service.domain.records.record import Status
from service.domain.shop.person import Address, ClientInfo, Customer
from service.usecases.delivery.join_visit import MOST_SIGNALS
from service.usecases.sealing import seal_signal
from tests.beacons import FBC, FBP, PHONE, VISITOR_IP, hit, post_beacon
from tests.builders import CUSTOMER_ID, TENANT
from tests.conftest import World
from tests.web.endpoints.visits import CART, REQUIRED, an_order_now, purchase, receive, run, sent

FORGED = "fb.1.1764230000000.forged"


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


class TestAFlood:
    """Strangers can post any number of beacons with an order's number, and none with its cart."""

    def forge(self, world: World, number: int = 8 * MOST_SIGNALS, **changes: Any) -> None:
        """Keep the signals of that many beacons, which come from many networks."""
        for each in range(number):
            known = {"order_number": "2101", "fbp": f"{FBP}{each}", "hashed_email": str(each)}
            forged = BrowserSignal(seen_at=world.clock(), fbc=FORGED, **known | changes)
            sealed = seal_signal(
                forged,
                tenant_id=TENANT,
                expires_at=world.clock() + SIGNAL_FOR,
                vault=world.services.vault,
            )
            world.services.browser_signals.keep(TENANT, sealed)

    def test_does_not_push_the_carts_own_visit_out(self, client: FlaskClient, world: World) -> None:
        post_beacon(client, hit(), cart=CART, fbc=FBC)
        self.forge(world)
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbc == FBC

    def test_does_not_hide_a_refusal(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        post_beacon(client, cart=CART, refused=True)
        self.forge(world)
        receive(world, an_order_now(world))
        run(world)
        assert purchase(world).status is Status.SKIPPED

    def test_joins_nothing(self, client: FlaskClient, world: World) -> None:
        post_beacon(client, hit())
        self.forge(world, MOST_SIGNALS)
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbc is None

    def test_of_one_device_joins_nothing(self, client: FlaskClient, world: World) -> None:
        post_beacon(client, hit())
        device: dict[str, Any] = {
            "ip": VISITOR_IP,
            "user_agent": PHONE,
            "checkout_at": world.clock(),
        }
        self.forge(world, order_number=None, fbp=FBP, **device)
        seen = ClientInfo(ip=VISITOR_IP, user_agent=PHONE)
        nameless = Customer(id=CUSTOMER_ID)
        receive(world, an_order_now(world, connection=seen, customer=nameless, bill_to=Address()))
        run(world)
        assert sent(world).identity.fbc is None

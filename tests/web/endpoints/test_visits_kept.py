"""What is kept of visits: refusals, privacy signals, clicks of known customers; and how."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.browser_signal import CLICK_FOR, SIGNAL_FOR
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.shop.person import ClientInfo, Customer
from service.domain.tenants.tenant import Role
from service.ports import BrowserSignals, SealedSignal
from service.usecases.eventlog.erase_customer import erase_customer
from tests.apps import started_app
from tests.beacons import FBC, FBP, PHONE, VISITOR_IP, hit, post_beacon
from tests.builders import (
    CASEY,
    TENANT,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import remove_tokens
from tests.web.endpoints.visits import (
    CART,
    EMAIL,
    HASH,
    REQUIRED,
    SECOND,
    an_order_now,
    purchase,
    receive,
    run,
    sent,
)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


class TestARefusal:
    def test_skips_the_carts_purchase(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        post_beacon(client, cart=CART, refused=True)
        receive(world, an_order_now(world))
        assert run(world) == []
        assert world.meta.sent == []
        delivery = purchase(world).deliveries[Role.PRIMARY]
        assert (delivery.status, delivery.reason) == (
            DeliveryStatus.SKIPPED, Reason.SHOPPER_REFUSED,
        )  # fmt: skip
        assert purchase(world).payload is None

    def test_counts_only_where_refusals_are_respected(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, cart=CART, refused=True)
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbp is None

    def test_counts_until_the_first_attempt(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        remove_tokens(world.services.tenants, TENANT, Role.PRIMARY)
        post_beacon(client, cart=CART, fbc=FBC)
        receive(world, an_order_now(world))
        run(world)
        assert purchase(world).joined is not None
        world.clock.advance(SECOND)
        post_beacon(client, cart=CART, refused=True)
        world.install(REQUIRED)
        run(world)
        assert world.meta.sent == []
        assert purchase(world).status is Status.SKIPPED

    def test_ends_when_the_shopper_agrees(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        post_beacon(client, cart=CART, refused=True)
        world.clock.advance(SECOND)
        post_beacon(client, hit(), cart=CART, fbc=FBC)
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbc == FBC

    def test_counts_again_if_the_shopper_takes_the_yes_back(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(REQUIRED)
        for told in ({"refused": True}, {"fbc": FBC}, {"refused": True}):
            post_beacon(client, cart=CART, **told)
            world.clock.advance(SECOND)
        receive(world, an_order_now(world))
        run(world)
        assert world.meta.sent == []

    def test_ends_again_if_the_shopper_takes_the_no_back(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(REQUIRED)
        for told in ({"fbc": FBC}, {"refused": True}, {"fbc": FBC}):
            post_beacon(client, cart=CART, **told)
            world.clock.advance(SECOND)
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbc == FBC

    def test_counts_for_both_pixels(self, client: FlaskClient, world: World) -> None:
        world.install(replace(REQUIRED, pixels=two_pixels()))
        post_beacon(client, cart=CART, refused=True)
        receive(world, an_order_now(world))
        world.run_task(world.queue.tasks.pop(0))
        world.clock.advance(SECOND)
        post_beacon(client, cart=CART, fbc=FBC)
        run(world)
        assert world.meta.sent == []
        statuses = {each.status for each in purchase(world).deliveries.values()}
        assert statuses == {DeliveryStatus.SKIPPED}


class TestGlobalPrivacyControl:
    def test_puts_limited_data_use_on_the_carts_purchase(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, cart=CART, gpc=True)
        receive(world, an_order_now(world))
        assert run(world) == []
        event = sent(world)
        assert (event.data_use.limited, event.data_use.country, event.data_use.state) == (
            True, 0, 0,
        )  # fmt: skip
        assert purchase(world).data_use_rule == "Global Privacy Control, located by Meta"
        assert event.identity.fbp is None

    def test_is_not_forgotten_while_the_purchase_is_held(
        self, client: FlaskClient, world: World
    ) -> None:
        remove_tokens(world.services.tenants, TENANT, *Role)
        post_beacon(client, cart=CART, gpc=True)
        receive(world, an_order_now(world))
        run(world)
        world.clock.advance(SIGNAL_FOR)
        post_beacon(client, email=HASH, fbc=FBC)
        world.install()
        run(world)
        assert (sent(world).data_use.limited, sent(world).identity.fbc) == (True, None)


class TestAClick:
    def visit(self, client: FlaskClient, world: World) -> None:
        """Let Casey click on an ad and order."""
        post_beacon(client, hit(), cart=CART, fbc=FBC)
        receive(world, an_order_now(world))
        run(world)

    @pytest.mark.parametrize("channel", [Channel.POS, Channel.PHONE, Channel.CLUB])
    def test_serves_the_customers_later_orders_for_ninety_days(
        self, client: FlaskClient, world: World, channel: Channel
    ) -> None:
        world.install(REQUIRED)
        self.visit(client, world)
        world.clock.advance(CLICK_FOR - SECOND)
        receive(world, an_order_now(world, id="later", channel=channel, connection=ClientInfo()))
        run(world)
        event = sent(world)
        assert event.event_id == "c7-order-later"
        assert (event.identity.fbc, event.identity.fbp) == (FBC, FBP)
        assert (event.identity.ip, event.identity.user_agent) == (None, None)
        world.clock.advance(SECOND)
        world.sweep()
        receive(world, an_order_now(world, id="too-late", channel=channel))
        run(world)
        assert sent(world).identity.fbc is None

    @pytest.mark.parametrize(
        "settings",
        [some_settings(consent_mode="required"), some_settings(remember_clicks=True)],
    )
    def test_is_forgotten_unless_the_winery_chose_it_and_asks_for_consent(
        self, client: FlaskClient, world: World, settings: Any
    ) -> None:
        world.install(settings)
        self.visit(client, world)
        receive(world, an_order_now(world, id="later", channel=Channel.POS))
        run(world)
        assert sent(world).identity.fbc is None

    def test_of_an_order_that_is_not_wanted_is_not_kept(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(REQUIRED)
        post_beacon(client, cart=CART, fbc=FBC)
        receive(world, an_order_now(world))
        world.install(replace(REQUIRED, enabled=False))
        assert run(world) == []
        world.install(REQUIRED)
        receive(world, an_order_now(world, id="later", channel=Channel.POS))
        world.clock.advance(SIGNAL_FOR)
        run(world)
        assert sent(world).identity.fbc is None

    def test_is_forgotten_when_the_customer_refuses_later(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(REQUIRED)
        self.visit(client, world)
        post_beacon(client, cart="another", refused=True)
        receive(world, an_order_now(world, id="another"))
        receive(world, an_order_now(world, id="later", channel=Channel.POS))
        run(world)
        event = sent(world)
        assert (event.event_id, event.identity.fbc) == ("c7-order-later", None)

    def test_is_erased_with_the_customer(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        self.visit(client, world)
        post_beacon(client, hit(5), email=HASH, fbc=FBC)
        erase_customer(TENANT, email=EMAIL, customer_id=None, services=world.services)
        receive(world, an_order_now(world, id="later", channel=Channel.POS))
        receive(world, an_order_now(world, id="web"))
        run(world)
        told = {event.event_id: event.identity.fbc for event, *_ in world.meta.sent[3:]}
        assert told == {"c7-order-later": None, "c7-order-web": None}

    def test_of_another_customer_does_not_count(self, client: FlaskClient, world: World) -> None:
        world.install(REQUIRED)
        self.visit(client, world)
        other = Customer(id="someone-else", emails=("other@example.com",), address=CASEY)
        receive(world, an_order_now(world, id="later", channel=Channel.POS, customer=other))
        run(world)
        assert sent(world).identity.fbc is None


class KeptSignals:
    """A store of browser signals that lists what it was given to keep."""

    def __init__(self, signals: BrowserSignals) -> None:
        self._signals = signals
        self.kept: list[SealedSignal] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signals, name)

    def keep(self, tenant_id: str, signal: SealedSignal) -> None:
        self.kept.append(signal)
        self._signals.keep(tenant_id, signal)


class TestASignal:
    def test_is_written_once_a_minute_and_holds_nothing_in_plain_text(self, world: World) -> None:
        signals: Any = KeptSignals(world.services.browser_signals)
        client = started_app(replace(world.services, browser_signals=signals)).test_client()
        for _ in range(3):
            post_beacon(client, hit(), cart=CART, email=HASH, fbc=FBC)
        assert len(signals.kept) == 1
        world.clock.advance(timedelta(minutes=1))
        post_beacon(client, hit(), cart=CART, email=HASH, fbc=FBC)
        post_beacon(client, hit())  # a visitor without a cart: no order could be joined
        assert len(signals.kept) == 2
        text = repr(signals.kept[0]) + signals.kept[0].sealed
        assert not any(each in text for each in (CART, HASH, FBC, FBP, VISITOR_IP, PHONE))

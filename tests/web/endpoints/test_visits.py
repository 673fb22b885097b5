"""From a visit of the website to the order that follows: what is joined, waited for, refused."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.events.browser_signal import SIGNAL_FOR, JoinKey
from service.domain.events.event import ActionSource, EventName
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.shop.person import ClientInfo, Customer
from service.domain.tenants.tenant import Role
from tests.beacons import FBC, FBP, PHONE, VISITOR_IP, hit, post_beacon
from tests.builders import (
    CUSTOMER_ID,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import remove_tokens
from tests.web.endpoints.visits import (
    CART,
    HASH,
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


class TestAnOrder:
    @pytest.mark.parametrize(
        ("told", "key"),
        [
            ({"cart": CART.upper()}, JoinKey.CART),
            ({"order": "2101"}, JoinKey.ORDER_NUMBER),
            ({"order": CART}, JoinKey.ORDER_NUMBER),
            ({"customer": CUSTOMER_ID.upper()}, JoinKey.CUSTOMER),
            ({"email": HASH}, JoinKey.EMAIL),
        ],
    )
    def test_gets_the_click_of_its_visit(
        self, client: FlaskClient, world: World, told: dict[str, str], key: JoinKey
    ) -> None:
        post_beacon(client, hit(), fbc=FBC, **told)
        receive(world, an_order_now(world, connection=ClientInfo()))
        assert run(world) == []
        identity = sent(world).identity
        assert (identity.fbc, identity.fbp) == (FBC, FBP)
        assert (identity.ip, identity.user_agent) == (VISITOR_IP, PHONE)
        record = purchase(world)
        assert record.joined is not None
        assert record.joined.by is key
        assert record.joined.brought == ("click id", "browser id", "IP address", "browser")
        assert {"click id", "browser id"} <= set(record.match_keys)
        assert record.payload is None

    def test_of_a_sole_visitor_in_the_checkout_is_found_by_its_device(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, hit(name="InitiateCheckout"), fbc=FBC)
        seen = ClientInfo(ip=VISITOR_IP, user_agent=PHONE)
        receive(world, an_order_now(world, connection=seen))
        assert sum(run(world), timedelta()) <= 20 * SECOND
        assert sent(world).identity.fbc == FBC

    def test_of_one_of_two_behind_an_address_gets_no_click(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, hit(1, name="InitiateCheckout"), fbc=FBC)
        post_beacon(client, hit(2, name="InitiateCheckout"), fbp=f"{FBP}9")
        seen = ClientInfo(ip=VISITOR_IP, user_agent=PHONE)
        receive(world, an_order_now(world, connection=seen))
        run(world)
        assert (sent(world).identity.fbc, sent(world).identity.fbp) == (None, None)

    def test_waits_for_a_late_hit_and_no_longer_than_twenty_seconds(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, hit())
        world.run_tasks()
        begun = world.clock()
        receive(world, an_order_now(world))
        first = world.queue.tasks.pop(0)
        world.run_task(first)
        assert purchase(world).status is Status.QUEUED
        assert len(world.meta.sent) == 1  # the hit alone
        post_beacon(client, fbc=FBC, cart=CART)
        run(world)
        assert sent(world).identity.fbc == FBC
        assert world.clock() - begun < 5 * SECOND

        late = an_order_now(world, id="another-order", number="2102", customer=Customer(id="c2"))
        begun = world.clock()
        receive(world, late)
        assert run(world) != []
        assert 15 * SECOND < world.clock() - begun <= 20 * SECOND
        assert sent(world).event_id == "c7-order-another-order"
        assert sent(world).identity.fbc is None

    def test_looks_for_its_visit_though_its_task_comes_too_early(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, hit())
        world.run_tasks()
        receive(world, an_order_now(world))
        while world.queue.tasks:
            task = world.queue.tasks.pop(0)
            world.queue.done.add(task.name)
            world.clock.advance(max(task.delay - SECOND / 10, timedelta()))
            world.run_task(task)
        assert sent(world).event_id == f"c7-order-{CART}"

    def test_waits_for_nothing_where_no_snippet_was_seen_today(
        self, client: FlaskClient, world: World
    ) -> None:
        receive(world, an_order_now(world))
        assert run(world) == []
        post_beacon(client, hit(), cart="another")
        world.run_tasks()
        world.clock.advance(timedelta(days=1, seconds=1))
        receive(world, an_order_now(world, id="another-order"))
        assert run(world) == []

    @pytest.mark.parametrize("channel", [Channel.POS, Channel.PHONE, Channel.CLUB])
    def test_of_another_channel_neither_waits_nor_is_joined(
        self, client: FlaskClient, world: World, channel: Channel
    ) -> None:
        post_beacon(client, hit(), fbc=FBC, cart=CART, email=HASH)
        receive(world, an_order_now(world, channel=channel))
        assert run(world) == []
        assert sent(world).identity.fbc is None

    def test_does_not_wait_without_a_queue(self, client: FlaskClient, world: World) -> None:
        post_beacon(client, hit())
        world.run_tasks()
        receive(world, an_order_now(world))
        (task,) = world.queue.tasks
        world.queue.is_down = True
        world.run_task(task)
        assert sent(world).event_id == f"c7-order-{CART}"

    def test_keeps_its_visit_while_it_is_held_and_for_both_pixels(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=two_pixels()))
        remove_tokens(world.services.tenants, TENANT, *Role)
        post_beacon(client, cart=CART, fbc=FBC)
        receive(world, an_order_now(world))
        run(world)
        assert world.meta.sent == []
        world.clock.advance(SIGNAL_FOR)
        world.install(some_settings(pixels=two_pixels()))
        run(world)
        assert [event.identity.fbc for event, *_ in world.meta.sent] == [FBC, FBC]

    def test_is_not_joined_to_another_winerys_visit(
        self, client: FlaskClient, world: World
    ) -> None:
        other = "other-winery"
        world.install(tenant_id=other)
        post_beacon(client, hit(), tenant=other, fbc=FBC, cart=CART, email=HASH)
        post_beacon(client, hit(2))
        receive(world, an_order_now(world))
        run(world)
        assert sent(world).identity.fbc is None

    def test_is_joined_by_what_its_theme_wrote_into_it(
        self, client: FlaskClient, world: World
    ) -> None:
        post_beacon(client, hit(name="InitiateCheckout"), fbc=FBC)
        receive(world, an_order_now(world, connection=ClientInfo(browser_id=FBP)))
        run(world)
        assert (sent(world).identity.fbc, sent(world).identity.fbp) == (FBC, FBP)
        joined = purchase(world).joined
        assert joined is not None
        assert joined.by is JoinKey.BROWSER


class TestOtherEvents:
    @pytest.mark.parametrize("fact", [a_membership(), a_registration()])
    def test_that_are_joined_were_made_on_the_website(
        self, client: FlaskClient, world: World, fact: Any
    ) -> None:
        page = "https://shop.example.com/club"
        post_beacon(client, hit(url=page), fbc=FBC, customer=CUSTOMER_ID)
        world.shops.customers[CUSTOMER_ID] = a_registration()
        world.shops.books[CUSTOMER_ID] = {}
        receive(world, fact)
        world.run_tasks()
        name = EventName.SUBSCRIBE if "f0dce6db" in fact.id else EventName.COMPLETE_REGISTRATION
        event = sent(world, name)
        assert (event.action_source, event.source_url) == (ActionSource.WEBSITE, page)
        assert event.identity.fbc == FBC

    def test_such_as_visits_are_joined_too(self, client: FlaskClient, world: World) -> None:
        post_beacon(client, hit(), fbc=FBC, email=HASH)
        receive(world, a_reservation())
        world.run_tasks()
        assert sent(world, EventName.LEAD).identity.fbc == FBC

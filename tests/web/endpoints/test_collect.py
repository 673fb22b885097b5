"""The storefront's beacons: what becomes an event, what is dropped, and that nobody is told."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.mapping.website import ONE_CHECKOUT_SECONDS
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Family, Status
from service.usecases.sealing import unseal_event
from service.usecases.task_bodies import (
    SEND_PATH,
    SendDelivery,
    parse_task,
)
from service.web.request.current import LIMITS
from service.web.request.limits import ProcessLimits
from tests.beacons import FBC, FBP, PHONE, SHOP, VISITOR_IP, beacon, hit, post_bytes
from tests.builders import NOW, TENANT, some_settings
from tests.conftest import World

WEBSITE = LogView(show=Show.WEBSITE)


@pytest.fixture
def post(client: FlaskClient) -> Callable[..., None]:
    """Return a function that posts a beacon and checks that the answer tells nothing."""

    def send(body: object, **changes: str) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        post_bytes(client, text, **changes)

    return send


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


def names(world: World) -> list[EventName]:
    """Run the tasks, and return what is in the log."""
    return [each.record.name for each in rows(world)]


class TestAHit:
    def test_becomes_an_event_on_the_road_of_all_others(
        self, world: World, post: Callable[..., None]
    ) -> None:
        post(
            beacon(
                hit(
                    name="AddToCart",
                    url=f"{SHOP}/product/red?utm_source=fb&email=casey@example.com#top",
                    referrer="https://www.facebook.com",
                    products=[{"id": "RED-1", "quantity": 2, "price": 30.25}],
                    currency="USD",
                ),
                fbc=FBC,
                customer="F0440DF6-E5B7",
            )
        )
        (task,) = world.queue.tasks
        assert task.path == SEND_PATH
        sent = parse_task(task.body)
        assert isinstance(sent, SendDelivery)
        assert sent.record is not None
        record = sent.record
        assert (record.family, record.status) == (Family.WEBSITE, Status.QUEUED)
        assert FBP.encode() not in task.body
        assert VISITOR_IP.encode() not in task.body
        event = unseal_event(record.payload or "", tenant_id=TENANT, vault=world.services.vault)
        assert event.event_id == "00000000-0000-4000-8000-000000000001"
        assert event.source_url == f"{SHOP}/product/red?utm_source=fb"
        assert event.referrer_url == "https://www.facebook.com"
        assert event.custom.value is not None
        assert (event.custom.value.minor, event.custom.value.currency) == (6050, "USD")
        assert (event.identity.fbp, event.identity.fbc) == (FBP, FBC)
        assert (event.identity.ip, event.identity.user_agent) == (VISITOR_IP, PHONE)
        assert event.data_use.limited
        assert (event.data_use.country, event.data_use.state) == (0, 0)

    def test_names_no_page_of_the_shop_as_its_referrer(
        self, world: World, post: Callable[..., None]
    ) -> None:
        post(beacon(hit(1, referrer="https://www.shop.example.com"), hit(2, referrer="")))
        world.run_tasks()
        assert {event.referrer_url for event, *_ in world.meta.sent} == {None}

    def test_is_sent(self, world: World, post: Callable[..., None]) -> None:
        post(beacon(hit()))
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_that_comes_twice_is_one_event(self, world: World, post: Callable[..., None]) -> None:
        for _ in range(3):
            post(beacon(hit(), hit()))
        assert names(world) == [EventName.PAGE_VIEW]

    @pytest.mark.parametrize("event_id", ["1", "pv.1700000000_2-A", "x" * 64])
    def test_keeps_the_id_of_the_shops_own_pixel(
        self, world: World, post: Callable[..., None], event_id: str
    ) -> None:
        post(beacon(hit(id=event_id)))
        world.run_tasks()
        assert world.row().event_id == event_id

    def test_is_one_checkout_though_two_pages_tell_of_it(
        self, world: World, post: Callable[..., None]
    ) -> None:
        pages = (hit(1, name="InitiateCheckout"), hit(2, name="InitiateCheckout"))
        for page in pages:
            post(beacon(page))
        other = "fb.1.1700000000000.987"
        post(beacon(hit(3, name="InitiateCheckout"), fbp=other))
        post(beacon(hit(4, name="InitiateCheckout"), fbp=None))
        post(beacon(hit(5, name="InitiateCheckout"), fbp=None))
        earlier = NOW - timedelta(seconds=ONE_CHECKOUT_SECONDS)
        post(beacon(hit(6, name="InitiateCheckout", at=int(earlier.timestamp() * 1000))))
        assert sorted(each.record.event_id[-1] for each in rows(world)) == list("13456")

    @pytest.mark.parametrize("told", [None, "dollars", ""])
    def test_takes_the_shops_currency_where_the_page_tells_none(
        self, world: World, post: Callable[..., None], told: str | None
    ) -> None:
        post(
            beacon(hit(name="ViewContent", products=[{"id": "RED-1", "price": 30}], currency=told))
        )
        world.run_tasks()
        custom = world.row().custom
        assert custom is not None
        assert custom.value is not None
        assert (custom.value.minor, custom.value.currency) == (3000, "USD")

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            (NOW - timedelta(minutes=5), NOW - timedelta(minutes=5)),
            (NOW + timedelta(minutes=5), NOW),
            (NOW - timedelta(days=2), NOW),
            (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        ],
    )
    def test_has_the_browsers_time_unless_its_clock_is_wrong(
        self, world: World, post: Callable[..., None], at: datetime, expected: datetime
    ) -> None:
        post(beacon(hit(at=int(at.timestamp() * 1000))))
        world.run_tasks()
        assert world.row().occurred_at == expected

    def test_is_forgotten_after_a_week(self, world: World, post: Callable[..., None]) -> None:
        post(beacon(hit()))
        world.run_tasks()
        world.clock.advance(timedelta(days=7, seconds=-1))
        world.sweep()
        assert names(world) == [EventName.PAGE_VIEW]
        world.clock.advance(timedelta(seconds=1))
        world.sweep()
        assert names(world) == []


class TestNoEventIsMade:
    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "Purchase"},
            {"name": "Lead"},
            {"name": "Anything"},
            {"id": ""},
            {"id": 1},
            {"id": "a b"},
            {"id": "1\n"},
            {"id": "x" * 65},
            {"url": "https://evil.example/"},
            {"url": f"{SHOP}.evil.example/"},
            {"url": "javascript:alert(1)"},
            {"url": "https://shop.example.com@evil.example/"},
            {"url": "http://[::1"},
            {"at": "now"},
            {"products": [{"id": ""}]},
            {"products": [{"id": "x", "price": -1}]},
            {"products": [{"id": "x", "price": 1e300}]},
            {"value": "NaN"},
            {"currency": 840},
            # The shop's own pixel has told of it without an id.
            {"id": None},
        ],
    )
    def test_of_a_strange_hit_and_its_neighbour_is_not_harmed(
        self, world: World, post: Callable[..., None], changes: dict[str, Any]
    ) -> None:
        post(beacon(hit(1, **changes), hit(2)))
        assert [each.record.event_id[-1] for each in rows(world)] == ["2"]

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"origin": ""},
            {"origin": "https://shop.example.com.evil.example"},
            {
                "user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
            },
            {"user_agent": "facebookexternalhit/1.1"},
        ],
    )
    def test_of_another_site_or_a_crawler(
        self, world: World, post: Callable[..., None], headers: dict[str, str]
    ) -> None:
        post(beacon(hit()), **headers)
        assert names(world) == []

    def test_where_the_switch_is_off(self, world: World, post: Callable[..., None]) -> None:
        chosen = some_settings()
        world.install(replace(chosen, events={**chosen.events, EventName.PAGE_VIEW: False}))
        post(beacon(hit(1), hit(2, name="ViewContent")))
        assert names(world) == [EventName.VIEW_CONTENT]
        world.install(replace(chosen, enabled=False))
        post(beacon(hit(3), hit(4, name="ViewContent")))
        assert names(world) == [EventName.VIEW_CONTENT]

    @pytest.mark.parametrize("key", ["gpc", "refused"])
    def test_of_a_visitor_who_objects(
        self, world: World, post: Callable[..., None], key: str
    ) -> None:
        post(beacon(hit(), **{key: True}))
        assert names(world) == []

    def test_of_an_unknown_winery(self, world: World, post: Callable[..., None]) -> None:
        post(beacon(hit()) | {"tenant": "no-such-winery"})
        assert names(world) == []
        assert world.services.tenants.find("no-such-winery") is None

    def test_of_a_body_of_more_than_8_kib(self, world: World, post: Callable[..., None]) -> None:
        post(beacon(hit(), padding="x" * 9000))
        assert names(world) == []

    def test_while_the_store_is_down_and_the_page_is_not_told(
        self, post: Callable[..., None], close_file: Callable[[], None]
    ) -> None:
        close_file()
        post(beacon(hit()))


class TestARefusedSite:
    def test_is_shown_to_the_winery_once_in_ten_minutes(
        self, client: FlaskClient, world: World, post: Callable[..., None]
    ) -> None:
        for _ in range(3):
            post(beacon(hit()), origin="https://other.example.com")
        html = client.get("/configuration", headers=world.staff()).text
        assert "other.example.com" in html

    def test_with_or_without_www_is_the_shops(
        self, world: World, post: Callable[..., None]
    ) -> None:
        url = "https://www.shop.example.com/"
        post(beacon(hit(url=url)), origin="https://www.shop.example.com")
        assert names(world) == [EventName.PAGE_VIEW]


class TestAFlood:
    def test_from_one_network_is_dropped_and_others_are_heard(
        self, world: World, post: Callable[..., None]
    ) -> None:
        for number in range(130):
            post(beacon(hit(number)), ip="2001:db8::1")
        post(beacon(hit(900)), ip="2001:db8::2")
        assert len(names(world)) == 99
        assert world.services.events.count_in(TENANT, WEBSITE) == 120
        post(beacon(hit(901)))
        world.run_tasks()
        assert world.services.events.count_in(TENANT, WEBSITE) == 121

    def test_for_one_winery_is_dropped_and_the_operator_told(
        self, client: FlaskClient, world: World, post: Callable[..., None],
        caplog: pytest.LogCaptureFixture,
    ) -> None:  # fmt: skip
        limits: ProcessLimits = client.application.extensions[LIMITS]
        limits.tenant_beacons.block_until(TENANT, NOW + timedelta(minutes=1))
        post(beacon(hit()))
        assert names(world) == []
        assert "collect.flood" in caplog.messages


def rows(world: World) -> list[Any]:
    world.run_tasks()
    return list(world.services.events.newest(TENANT, limit=99))

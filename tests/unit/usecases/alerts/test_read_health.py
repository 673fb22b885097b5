from collections import Counter
from datetime import timedelta
from typing import Any, cast

import pytest
from google.cloud import firestore

from service.domain.copies import replace
from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.domain.records.log_view import LogView, Show
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from service.gcp.cached_tenants import CachedTenants
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.tenants import FirestoreTenants
from service.ports import Events
from service.usecases.alerts.read_health import read_health
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    POLICY,
    TENANT,
    Ids,
    a_delivery,
    a_record,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.tenants import put, save_token

SECOND = timedelta(seconds=1)


def alerts(world: World, **services: Any) -> list[str]:
    changed = replace(world.services, **services)
    tenant = changed.tenants.get_cached(TENANT)
    assert tenant is not None
    return [each.key for each in read_health(tenant, now=world.clock(), services=changed).alerts]


class TestAlerts:
    def test_are_none_while_events_are_sent(self, world: World) -> None:
        world.record_an_order()
        assert alerts(world) == []
        world.run_tasks()
        world.clock.advance(timedelta(days=1))
        assert alerts(world) == []

    def test_come_with_a_dead_token_and_go_with_a_new_one(self, world: World) -> None:
        world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        assert alerts(world) == ["token-primary"]
        world.install()
        assert alerts(world) == []
        world.run_tasks()
        assert alerts(world) == []

    def test_stay_gone_with_a_new_token_although_nothing_is_left_to_try_it_with(
        self, world: World
    ) -> None:
        world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        world.clock.advance(timedelta(days=8))
        world.sweep()
        world.run_tasks()
        assert alerts(world) == ["token-primary"]
        world.install()
        world.run_tasks()
        assert (alerts(world), world.breaker().is_working) == ([], False)


class TestStuckEvents:
    def test_are_an_alert_after_ten_minutes_in_the_queue(self, world: World) -> None:
        world.record_an_order()
        world.clock.advance(POLICY.stuck_after - SECOND)
        assert alerts(world) == []
        world.clock.advance(SECOND)
        assert alerts(world) == ["stuck"]
        world.run_tasks()
        assert alerts(world) == []

    def test_exclude_those_that_wait_for_a_slow_retry(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [DOWN] * 9
        for attempt in range(1, MAX_ATTEMPTS + 1):
            world.send(record)
            assert "stuck" not in alerts(world)
            world.clock.advance(POLICY.pause_after(attempt))
        world.clock.advance(timedelta(hours=1))
        assert alerts(world) == ["failing-primary"]
        world.sweep()
        world.run_tasks()
        assert (len(world.meta.sent), alerts(world)) == (MAX_ATTEMPTS + 1, ["failing-primary"])

    def test_exclude_those_released_just_now(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        world.clock.advance(timedelta(days=1))
        assert alerts(world) == ["currency"]
        world.install()
        world.release()
        assert (alerts(world), world.row().status) == ([], "queued")
        world.clock.advance(POLICY.stuck_after)
        assert alerts(world) == ["stuck"]


NO_SHOP = {"currency": None, "shop_domains": ()}


class TestAnUnknownFactOfTheShop:
    @pytest.mark.parametrize(
        ("unknown", "key"), [({"currency": None}, "currency"), ({"shop_domains": ()}, "address")]
    )
    def test_is_an_alert_once_an_event_waits_for_it(
        self, world: World, unknown: dict[str, Any], key: str
    ) -> None:
        world.install(some_settings(**unknown))
        assert alerts(world) == []
        world.receive(a_signal(an_order()))
        assert alerts(world) == [key]
        world.install(some_settings())
        assert alerts(world) == []

    def test_is_no_alert_where_no_event_needs_it(self, world: World) -> None:
        world.install(some_settings(shop_domains=()))
        world.receive(a_signal(an_order(channel=Channel.POS)))
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        assert alerts(world) == ["token-primary"]

    def test_is_no_alert_any_more_once_nothing_waits(self, world: World) -> None:
        world.install(some_settings(**NO_SHOP))
        world.receive(a_signal(an_order()))
        world.install(some_settings(**NO_SHOP, channels={Channel.WEB: False}))
        world.run_tasks()
        assert (alerts(world), world.row().status) == ([], "skipped")

    def test_is_not_what_other_held_purchases_wait_for(self, world: World) -> None:
        world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        world.install(some_settings(**NO_SHOP))
        assert alerts(world) == []


class Counting:
    """A store of events that counts its calls."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._events, name)


class TestReading:
    @pytest.mark.parametrize(
        ("currency", "enabled", "asked"),
        [
            ("USD", True, {"longest_queued": 1}),
            (None, True, {"longest_queued": 1}),
            ("USD", False, {}),
        ],
    )
    def test_makes_no_more_calls_than_needed(
        self, world: World, currency: str | None, *, enabled: bool, asked: dict[str, int]
    ) -> None:
        world.install(some_settings(currency=currency, enabled=enabled))
        counting = Counting(world.services.events)
        alerts(world, events=cast("Events", counting))
        assert counting.asked == asked

    def test_costs_four_reads_in_firestore_however_long_the_log(
        self, world: World, firestore_client: firestore.Client, capsys: pytest.CaptureFixture[str]
    ) -> None:
        documents = FirestoreDocuments(firestore_client, new_id=Ids())
        events = FirestoreEvents(documents)
        tenants = CachedTenants(FirestoreTenants(documents), clock=world.clock)
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        held = world.row().deliveries[Role.PRIMARY]
        known = world.services.tenants.find(TENANT)
        assert known is not None
        put(tenants, TENANT, choices=known.choices, recheck=known.recheck)
        save_token(tenants, TENANT, Role.PRIMARY, "sealed")
        for number in range(20):
            events.add(a_record(key=f"held-{number}", deliveries={Role.PRIMARY: held}))
            events.add(a_record(key=f"queued-{number}", deliveries={Role.PRIMARY: a_delivery()}))
        world.clock.advance(timedelta(hours=1))
        reads = []
        for _ in range(2):
            documents.operations.clear()
            assert alerts(world, events=events, tenants=tenants) == ["currency", "stuck"]
            reads.append(documents.operations["reads"])
        with capsys.disabled():
            print(f"\nalerts cost Firestore {reads[0]} reads, and {reads[1]} with a warm cache")  # noqa: T201
        assert reads == [4, 2]
        everything = events.page(TENANT, LogView(show=Show.ALL), after=None, limit=99)
        assert len(everything) == 40

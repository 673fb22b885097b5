"""Bulkheads: a slow pixel, or slow look-ups, leave threads to the other tasks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from threading import BoundedSemaphore
from typing import cast

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.copies import replace
from service.domain.tenants.tenant import Role
from service.ports import CALLS_AT_ONCE, Events
from service.usecases.task_bodies import (
    RESOLVE_PATH,
    CheckInstallation,
    ListChanges,
    LookUpObject,
    NotifyAlerts,
    ReadShop,
    ReleaseParked,
    TaskBody,
)
from service.web.request.current import LIMITS
from service.web.request.limits import ProcessLimits
from tests.apps import started_app
from tests.builders import TENANT, Clock, a_signal, an_order
from tests.conftest import World
from tests.fakes import OneCaller

OURS = {"Authorization": f"Bearer {OneCaller.token}"}
PIXEL = f"{TENANT}/{Role.PRIMARY}"
SECOND = timedelta(seconds=1)


def limits_of(client: FlaskClient) -> ProcessLimits:
    limits: ProcessLimits = client.application.extensions[LIMITS]
    return limits


@pytest.fixture
def ask_meta(client: FlaskClient, world: World) -> Iterator[Callable[[str], None]]:
    """Return a function that asks Meta, without an answer until the test ends."""
    bulkhead = limits_of(client).sends
    with ExitStack() as unanswered:

        def ask(pixel: str) -> None:
            place = bulkhead.acquire(pixel, now=world.clock())
            assert place is not None
            unanswered.enter_context(bulkhead.asking(place, world.clock))

        yield ask


class SlowEvents:
    """A store of events whose every answer takes two seconds."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._events, name)

        def call(*args: object, **kwargs: object) -> object:
            self._clock.advance(2 * SECOND)
            return method(*args, **kwargs)

        return call


def send(client: FlaskClient, world: World) -> TestResponse:
    world.install()
    world.receive(a_signal(an_order()))
    task = world.queue.tasks[0]
    assert task.destination == PIXEL
    return client.post(task.path, data=task.body, headers=OURS)


class TestASendToASlowPixel:
    @pytest.fixture(autouse=True)
    def slow(self, world: World, ask_meta: Callable[[str], None]) -> None:
        for _ in range(2):
            ask_meta(PIXEL)
        world.clock.advance(2 * SECOND)

    def test_is_put_off_without_an_attempt_while_two_wait_already(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = send(client, world)

        assert (answer.status_code, answer.headers[CALLS_AT_ONCE]) == (424, "2")
        assert (world.meta.sent, world.delivery().attempts) == ([], 0)

    def test_goes_when_one_has_come_back(self, client: FlaskClient, world: World) -> None:
        bulkhead = limits_of(client).sends
        bulkhead.release(bulkhead._callers[PIXEL].places[0], now=world.clock())

        assert send(client, world).status_code == 200
        assert len(world.meta.sent) == 1


class TestASendToAnotherPixel:
    def test_goes_at_once(
        self, client: FlaskClient, world: World, ask_meta: Callable[[str], None]
    ) -> None:
        for _ in range(2):
            ask_meta("slow-winery/primary")
        world.clock.advance(2 * SECOND)

        assert send(client, world).status_code == 200


class TestASend:
    def test_gives_its_place_back(self, client: FlaskClient, world: World) -> None:
        assert send(client, world).status_code == 200
        assert limits_of(client).sends._callers == {}

    def test_is_slow_if_meta_takes_its_time(self, client: FlaskClient, world: World) -> None:
        world.meta.meanwhile = lambda: world.clock.advance(2 * SECOND)
        assert send(client, world).status_code == 200
        assert places_of_a_pixel(client, world) == 2

    def test_is_not_slow_if_only_our_store_is(self, world: World) -> None:
        events = cast("Events", SlowEvents(world.services.events, world.clock))
        client = started_app(replace(world.services, events=events)).test_client()
        assert send(client, world).status_code == 200
        assert len(world.meta.sent) == 1
        assert places_of_a_pixel(client, world) == 10


def places_of_a_pixel(client: FlaskClient, world: World) -> int:
    """Return for how many of ten callers there is room."""
    bulkhead = limits_of(client).sends
    return sum(bulkhead.acquire(PIXEL, now=world.clock()) is not None for _ in range(10))


class TestALookup:
    @pytest.fixture
    def lookups(self, client: FlaskClient) -> BoundedSemaphore:
        """Return the look-ups' places, all taken."""
        places = limits_of(client).shop_lookups
        assert all(places.acquire(blocking=False) for _ in range(4))
        return places

    def ask(self, client: FlaskClient, task: TaskBody) -> int:
        return client.post(RESOLVE_PATH, data=msgspec.json.encode(task), headers=OURS).status_code

    @pytest.mark.parametrize(
        "task",
        [
            LookUpObject(tenant_id=TENANT, event_key="0" * 64),
            ReadShop(tenant_id=TENANT),
            CheckInstallation(tenant_id=TENANT),
            ListChanges(tenant_id=TENANT),
        ],
    )
    def test_is_put_off_while_four_are_under_way(
        self, client: FlaskClient, world: World, lookups: BoundedSemaphore, task: TaskBody
    ) -> None:
        assert self.ask(client, task) == 424
        assert world.shops.asked == []
        for _ in range(4):
            lookups.release()
        assert self.ask(client, task) == 200

    def test_that_strangers_may_have_caused_leaves_two_threads_to_others(
        self, client: FlaskClient
    ) -> None:
        limits = limits_of(client)
        for places in (limits.background_lookups, limits.shop_lookups):
            assert all(places.acquire(blocking=False) for _ in range(2))
        invented = LookUpObject(tenant_id=TENANT, event_key="0" * 64, is_background=True)
        assert self.ask(client, invented) == 424
        assert self.ask(client, replace(invented, is_background=False)) == 200
        free = [limits.shop_lookups.acquire(blocking=False) for _ in range(3)]
        assert free == [True, True, False]

    def test_has_room_beside_the_checks_of_invented_installs(self, client: FlaskClient) -> None:
        checks = limits_of(client).access_checks
        assert all(checks.acquire(blocking=False) for _ in range(2))
        assert self.ask(client, CheckInstallation(tenant_id=TENANT)) == 424
        assert self.ask(client, ReadShop(tenant_id=TENANT)) == 200

    @pytest.mark.usefixtures("lookups")
    def test_holds_up_nothing_else(self, client: FlaskClient, world: World) -> None:
        assert self.ask(client, ReleaseParked(tenant_id=TENANT)) == 200
        assert self.ask(client, NotifyAlerts(tenant_id=TENANT)) == 200
        assert send(client, world).status_code == 200

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from tests.apps import started_app
from tests.conftest import World


class TestAlive:
    def test_even_when_the_store_is_not(
        self, client: FlaskClient, close_file: Callable[[], None]
    ) -> None:
        close_file()
        assert client.get("/healthz").status_code == 200


class SlowQueue:
    """A queue whose pings take a second and a half."""

    def __init__(self, world: World) -> None:
        self.world = world

    def ping(self) -> None:
        self.world.clock.advance(timedelta(seconds=1.5))


class TestReady:
    def test_names_every_port(self, client: FlaskClient) -> None:
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json == {
            name: {"answer": "ok", "seconds": 0.0} for name in ("queue", "store")
        }

    def test_says_how_long_each_port_took(self, world: World) -> None:
        queue: Any = SlowQueue(world)
        client = started_app(replace(world.services, queue=queue)).test_client()
        assert client.get("/readyz").json == {
            "queue": {"answer": "ok", "seconds": 1.5},
            "store": {"answer": "ok", "seconds": 0.0},
        }

    def test_names_the_port_that_is_down(
        self, client: FlaskClient, world: World, close_file: Callable[[], None]
    ) -> None:
        world.queue.is_down = True
        close_file()
        answer = client.get("/readyz")

        assert answer.status_code == 503
        pings: dict[str, dict[str, object]] = answer.get_json()
        assert {name: ping["answer"] for name, ping in pings.items()} == {
            "queue": "the queue did not answer",
            "store": "the database did not answer",
        }


class CountingEvents:
    """A store whose pings are counted, and can be held up."""

    def __init__(self) -> None:
        self.pings = 0
        self.arrived, self.go_on = Event(), Event()
        self.go_on.set()

    def ping(self) -> None:
        self.pings += 1
        self.arrived.set()
        self.go_on.wait(30)


class TestManyCallers:
    @pytest.fixture
    def events(self) -> CountingEvents:
        """Return the store of the app."""
        return CountingEvents()

    @pytest.fixture
    def counted(self, world: World, events: CountingEvents) -> FlaskClient:
        """Return a client of an app whose store's pings are counted."""
        store: Any = events
        return started_app(replace(world.services, events=store)).test_client()

    def test_cost_one_ping_a_second(
        self, counted: FlaskClient, world: World, events: CountingEvents
    ) -> None:
        for pings in (1, 2, 3):
            assert {counted.get("/readyz").status_code for _ in range(20)} == {200}
            assert events.pings == pings
            world.clock.advance(timedelta(seconds=1))

    def test_share_a_failure_and_its_end(self, counted: FlaskClient, world: World) -> None:
        world.queue.is_down = True
        assert counted.get("/readyz").status_code == 503
        world.queue.is_down = False
        assert counted.get("/readyz").status_code == 503
        world.clock.advance(timedelta(seconds=1))
        assert counted.get("/readyz").status_code == 200

    def test_do_not_wait_for_a_slow_ping(
        self, counted: FlaskClient, world: World, events: CountingEvents
    ) -> None:
        assert counted.get("/readyz").status_code == 200
        world.clock.advance(timedelta(seconds=1))
        events.arrived.clear()
        events.go_on.clear()
        slow = Thread(target=counted.application.test_client().get, args=("/readyz",))
        slow.start()
        assert events.arrived.wait(30)
        world.clock.advance(timedelta(seconds=5))
        assert counted.get("/readyz").status_code == 200
        assert events.pings == 2
        events.go_on.set()
        slow.join(30)

    def test_at_the_start_wait_for_the_first_answer(
        self, counted: FlaskClient, events: CountingEvents
    ) -> None:
        events.go_on.clear()
        with ThreadPoolExecutor(8) as callers:
            waiting = [
                callers.submit(counted.application.test_client().get, "/readyz") for _ in range(8)
            ]
            assert events.arrived.wait(30)
            events.go_on.set()
            assert {each.result(30).status_code for each in waiting} == {200}
        assert events.pings == 1

"""A pixel that keeps us waiting leaves the server's threads to the others."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.tenant import Role
from service.turns import Turns
from service.web.current import SENDS
from service.web.tasks import sends_at_once
from tests.builders import TENANT, a_signal, an_order
from tests.conftest import World
from tests.fakes import OneCaller

OURS = {"Authorization": f"Bearer {OneCaller.token}"}
PIXEL = f"{TENANT}/{Role.PRIMARY}"
SECOND = timedelta(seconds=1)


@pytest.fixture
def turns(client: FlaskClient) -> Turns:
    turns = sends_at_once()
    client.application.extensions[SENDS] = turns
    return turns


def send(client: FlaskClient, world: World) -> int:
    world.install()
    world.receive(a_signal(an_order()))
    task = world.queue.tasks[0]
    return client.post(task.path, data=task.body, headers=OURS).status_code


class TestASendToASlowPixel:
    def test_is_put_off_without_an_attempt_while_two_wait_already(
        self, client: FlaskClient, world: World, turns: Turns
    ) -> None:
        for _ in range(2):
            turns.take(PIXEL, now=world.clock())
        world.clock.advance(2 * SECOND)

        assert send(client, world) == 424
        assert (world.meta.sent, world.delivery().attempts) == ([], 0)

    def test_goes_when_one_has_come_back(
        self, client: FlaskClient, world: World, turns: Turns
    ) -> None:
        started = world.clock()
        for _ in range(2):
            turns.take(PIXEL, now=started)
        world.clock.advance(2 * SECOND)
        turns.give_back(PIXEL, since=started, now=world.clock())

        assert send(client, world) == 200
        assert len(world.meta.sent) == 1

    def test_gives_its_turn_back(self, client: FlaskClient, world: World, turns: Turns) -> None:
        assert send(client, world) == 200
        assert turns._queues == {}


class TestASendToAnotherPixel:
    def test_goes_at_once(self, client: FlaskClient, world: World, turns: Turns) -> None:
        for _ in range(2):
            turns.take("slow-winery/primary", now=world.clock())
        world.clock.advance(2 * SECOND)

        assert send(client, world) == 200

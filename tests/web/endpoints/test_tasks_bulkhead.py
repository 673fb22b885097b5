"""Bulkheads: a slow pixel, or slow look-ups, leave threads to the other tasks."""

from datetime import timedelta

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.copies import replace
from service.domain.tenants.tenant import Role
from service.infra.bulkhead import Bulkhead
from service.ports import CALLS_AT_ONCE
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
from tests.builders import NOW, TENANT, a_signal, an_order
from tests.conftest import World
from tests.fakes import OneCaller

OURS = {"Authorization": f"Bearer {OneCaller.token}"}
PIXEL = f"{TENANT}/{Role.PRIMARY}"
SECOND = timedelta(seconds=1)


@pytest.fixture
def bulkhead(client: FlaskClient) -> Bulkhead:
    limits: ProcessLimits = client.application.extensions[LIMITS]
    return limits.sends


def send(client: FlaskClient, world: World) -> TestResponse:
    world.install()
    world.receive(a_signal(an_order()))
    task = world.queue.tasks[0]
    assert task.destination == PIXEL
    return client.post(task.path, data=task.body, headers=OURS)


class TestASendToASlowPixel:
    def test_is_put_off_without_an_attempt_while_two_wait_already(
        self, client: FlaskClient, world: World, bulkhead: Bulkhead
    ) -> None:
        for _ in range(2):
            bulkhead.acquire(PIXEL, now=world.clock())
        world.clock.advance(2 * SECOND)

        answer = send(client, world)

        assert (answer.status_code, answer.headers[CALLS_AT_ONCE]) == (424, "2")
        assert (world.meta.sent, world.delivery().attempts) == ([], 0)

    def test_goes_when_one_has_come_back(
        self, client: FlaskClient, world: World, bulkhead: Bulkhead
    ) -> None:
        started = world.clock()
        for _ in range(2):
            bulkhead.acquire(PIXEL, now=started)
        world.clock.advance(2 * SECOND)
        bulkhead.release(PIXEL, since=started, now=world.clock())

        assert send(client, world).status_code == 200
        assert len(world.meta.sent) == 1

    def test_is_released_at_its_end(
        self, client: FlaskClient, world: World, bulkhead: Bulkhead
    ) -> None:
        assert send(client, world).status_code == 200
        assert bulkhead._queues == {}


class TestASendToAnotherPixel:
    def test_goes_at_once(self, client: FlaskClient, world: World, bulkhead: Bulkhead) -> None:
        for _ in range(2):
            bulkhead.acquire("slow-winery/primary", now=world.clock())
        world.clock.advance(2 * SECOND)

        assert send(client, world).status_code == 200


class TestALookup:
    @pytest.fixture
    def lookups(self, client: FlaskClient, world: World) -> Bulkhead:
        """Return the look-ups' bulkhead, filled."""
        limits: ProcessLimits = client.application.extensions[LIMITS]
        for _ in range(4):
            limits.shop_lookups.acquire("shops", now=world.clock())
        return limits.shop_lookups

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
        self, client: FlaskClient, world: World, lookups: Bulkhead, task: TaskBody
    ) -> None:
        assert self.ask(client, task) == 424
        assert world.shops.asked == []
        for _ in range(4):
            lookups.release("shops", since=NOW, now=world.clock())
        assert self.ask(client, task) == 200

    def test_that_strangers_may_have_caused_leaves_two_threads_to_others(
        self, client: FlaskClient, world: World
    ) -> None:
        limits: ProcessLimits = client.application.extensions[LIMITS]
        for bulkhead in (limits.background_lookups, limits.shop_lookups):
            for _ in range(2):
                bulkhead.acquire("shops", now=world.clock())
        invented = LookUpObject(tenant_id=TENANT, event_key="0" * 64, is_background=True)
        assert self.ask(client, invented) == 424
        assert self.ask(client, replace(invented, is_background=False)) == 200
        assert len(limits.shop_lookups._queues["shops"].started) == 2

    def test_has_room_beside_the_checks_of_invented_installs(
        self, client: FlaskClient, world: World
    ) -> None:
        limits: ProcessLimits = client.application.extensions[LIMITS]
        for _ in range(2):
            limits.access_checks.acquire("shops", now=world.clock())
        assert self.ask(client, CheckInstallation(tenant_id=TENANT)) == 424
        assert self.ask(client, ReadShop(tenant_id=TENANT)) == 200

    @pytest.mark.usefixtures("lookups")
    def test_holds_up_nothing_else(self, client: FlaskClient, world: World) -> None:
        assert self.ask(client, ReleaseParked(tenant_id=TENANT)) == 200
        assert self.ask(client, NotifyAlerts(tenant_id=TENANT)) == 200
        assert send(client, world).status_code == 200

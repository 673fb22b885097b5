"""Unproven webhooks are accepted at a limited rate, and never at the cost of proven ones."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.records.record import Status
from service.infra.logs import JsonLines
from service.usecases.task_bodies import RESOLVE_PATH
from tests.builders import NOW, TENANT
from tests.conftest import World
from tests.web.endpoints.test_webhooks import BASIC, ORDER, URL

BURST = 60
SECOND = timedelta(seconds=1)


def an_order(number: int, tenant_id: str = TENANT) -> bytes:
    webhook: dict[str, Any] = json.loads(ORDER)
    payload = webhook["payload"] | {"id": f"order-{number}"}
    return json.dumps(webhook | {"tenantId": tenant_id, "payload": payload}).encode()


def post_unproven(client: FlaskClient, number: int, tenant_id: str = TENANT) -> TestResponse:
    return client.post(URL, data=an_order(number, tenant_id))


def is_dropped(answer: TestResponse) -> bool:
    assert answer.status_code == 200
    return answer.json == {"result": "to be listed"}


def dropped_since(world: World) -> datetime | None:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.catch_up.dropped_since


def flood(client: FlaskClient) -> None:
    answers = [post_unproven(client, number) for number in range(BURST)]
    assert {answer.status_code for answer in answers} == {200}
    assert not any(map(is_dropped, answers))


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


@pytest.mark.thorough
class TestAFloodOfUnprovenWebhooks:
    def test_is_dropped_after_its_burst_and_noted(self, client: FlaskClient, world: World) -> None:
        flood(client)
        answer = post_unproven(client, BURST)

        assert (answer.status_code, answer.json) == (200, {"result": "to be listed"})
        assert dropped_since(world) == NOW
        assert world.services.events.count(TENANT) == {Status.RECEIVED: BURST}
        assert [task.path for task in world.queue.tasks] == [RESOLVE_PATH] * BURST

    def test_may_repeat_one_signal(self, client: FlaskClient) -> None:
        answers = [post_unproven(client, 1).json for _ in range(BURST + 1)]
        assert answers[-2:] == [{"result": "recorded"}, {"result": "to be listed"}]

    def test_does_not_limit_proven_webhooks(self, client: FlaskClient, world: World) -> None:
        flood(client)
        assert is_dropped(post_unproven(client, BURST))

        for number in range(BURST, 2 * BURST):
            answer = client.post(URL, data=an_order(number), auth=BASIC)
            assert (answer.status_code, answer.json) == (200, {"result": "recorded"})
        assert world.services.events.count(TENANT)[Status.QUEUED] == BURST

    def test_does_not_count_proven_webhooks(self, client: FlaskClient) -> None:
        for number in range(BURST + 1):
            assert client.post(URL, data=an_order(number), auth=BASIC).status_code == 200
        flood(client)

    def test_lets_one_more_pass_each_second(self, client: FlaskClient, world: World) -> None:
        flood(client)
        world.clock.advance(SECOND)
        more = [is_dropped(post_unproven(client, BURST + more)) for more in range(2)]
        assert more == [False, True]

        world.clock.advance(BURST * SECOND)
        flood(client)

    def test_does_not_limit_another_tenants(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        flood(client)
        assert is_dropped(post_unproven(client, BURST))

        answer = post_unproven(client, BURST, "other-winery")
        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})

    def test_is_logged_in_one_line_with_the_tenant(
        self, client: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood(client)
        with caplog.at_level(logging.DEBUG, logger="service"):
            for _ in range(BURST):
                post_unproven(client, BURST)

        (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records]
        assert (line["message"], line["tenant"]) == ("webhook.flood", TENANT)

    def test_does_not_count_ignored_webhooks(self, client: FlaskClient) -> None:
        body = ORDER.replace(b'"object": "Order"', b'"object": "Cart"')
        for useless in (body, b"{}", b"hello"):
            for _ in range(BURST):
                assert client.post(URL, data=useless).status_code in {200, 400}
        flood(client)

    def test_counts_wrong_logins_too(self, client: FlaskClient) -> None:
        flood(client)
        answer = client.post(URL, data=an_order(BURST), auth=("sandbox", "wrong"))
        assert is_dropped(answer)

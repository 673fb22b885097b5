"""Webhooks without a login: heard, but not at any rate, and never at the cost of real ones."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.records.record import Status
from service.infra.logs import JsonLines
from service.usecases.tasks import RESOLVE_PATH
from tests.builders import TENANT
from tests.conftest import World
from tests.web.endpoints.test_webhooks import BASIC, ORDER, URL

BURST = 60
SECOND = timedelta(seconds=1)


def an_order(number: int, tenant_id: str = TENANT) -> bytes:
    webhook: dict[str, Any] = json.loads(ORDER)
    payload = webhook["payload"] | {"id": f"order-{number}"}
    return json.dumps(webhook | {"tenantId": tenant_id, "payload": payload}).encode()


def claim(client: FlaskClient, number: int, tenant_id: str = TENANT) -> TestResponse:
    return client.post(URL, data=an_order(number, tenant_id))


def flood(client: FlaskClient) -> None:
    statuses = {claim(client, number).status_code for number in range(BURST)}
    assert statuses == {200}


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


@pytest.mark.thorough
class TestAFloodOfClaims:
    def test_is_turned_away_after_its_burst_and_nothing_of_it_is_kept(
        self, client: FlaskClient, world: World
    ) -> None:
        flood(client)
        answer = claim(client, BURST)

        assert answer.status_code == 503
        assert set(answer.json or {}) == {"result"}
        assert answer.headers["Retry-After"]
        assert world.services.events.count(TENANT) == {Status.RECEIVED: BURST}
        assert [task.path for task in world.queue.tasks] == [RESOLVE_PATH] * BURST

    def test_of_one_and_the_same_signal_is_one_too(self, client: FlaskClient) -> None:
        statuses = [claim(client, 1).status_code for _ in range(BURST + 1)]
        assert statuses == [200] * BURST + [503]

    def test_keeps_no_webhook_with_the_login_out(self, client: FlaskClient, world: World) -> None:
        flood(client)
        assert claim(client, BURST).status_code == 503

        for number in range(BURST, 2 * BURST):
            answer = client.post(URL, data=an_order(number), auth=BASIC)
            assert (answer.status_code, answer.json) == (200, {"result": "recorded"})
        assert world.services.events.count(TENANT)[Status.QUEUED] == BURST

    def test_is_not_made_of_webhooks_with_the_login(self, client: FlaskClient) -> None:
        for number in range(BURST + 1):
            assert client.post(URL, data=an_order(number), auth=BASIC).status_code == 200
        flood(client)

    def test_ebbs_away_one_each_second(self, client: FlaskClient, world: World) -> None:
        flood(client)
        world.clock.advance(SECOND)
        assert [claim(client, BURST + more).status_code for more in range(2)] == [200, 503]

        world.clock.advance(BURST * SECOND)
        flood(client)

    def test_keeps_no_other_tenants_claims_out(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        flood(client)
        assert claim(client, BURST).status_code == 503

        answer = claim(client, BURST, "other-winery")
        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})

    def test_is_said_in_one_line_that_names_the_tenant(
        self, client: FlaskClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        flood(client)
        with caplog.at_level(logging.DEBUG, logger="service"):
            claim(client, BURST)

        (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records]
        assert (line["message"], line["tenant"]) == ("webhook.flood", TENANT)

    def test_does_not_count_what_is_of_no_use(self, client: FlaskClient) -> None:
        body = ORDER.replace(b'"object": "Order"', b'"object": "Cart"')
        for useless in (body, b"{}", b"hello"):
            for _ in range(BURST):
                assert client.post(URL, data=useless).status_code in {200, 400}
        flood(client)


class TestAWrongLogin:
    def test_is_no_claim_however_often_it_comes(self, client: FlaskClient, world: World) -> None:
        for number in range(BURST + 1):
            answer = client.post(URL, data=an_order(number), auth=("sandbox", "wrong"))
            assert (answer.status_code, answer.json) == (401, {"result": "unauthorized"})

        assert world.services.events.count(TENANT) == {}
        flood(client)

    def test_is_turned_away_in_a_flood_too(self, client: FlaskClient) -> None:
        flood(client)
        answer = client.post(URL, data=an_order(BURST), auth=("sandbox", "wrong"))
        assert answer.status_code == 401

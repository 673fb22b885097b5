"""Large webhooks: Commerce7 may send them, so none is refused."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.records.record import Status
from service.infra.json_documents import encode
from tests.conftest import World
from tests.web.endpoints.test_webhooks import BASIC, ORDER, URL, alarms

MEBIBYTE = 1024 * 1024
# A document of Firestore, less what a record has beside its text.
MOST_IN_A_DOCUMENT = MEBIBYTE - 10_000
IN_CHUNKS: dict[str, Any] = {
    "environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
}


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


def an_order_of(lines: int, *, sku: Callable[[int], str] = "SKU-{}".format) -> bytes:
    webhook = json.loads(ORDER)
    (line, *_) = webhook["payload"]["items"]
    items = [{**line, "sku": sku(number), "quantity": 3} for number in range(lines)]
    payload = {**webhook["payload"], "items": items}
    return json.dumps({**webhook, "payload": payload}).encode()


def padded(size: int) -> bytes:
    return ORDER + b" " * (size - len(ORDER))


class TestAProvenWebhook:
    @pytest.mark.parametrize("size", [MEBIBYTE + 1, 8 * MEBIBYTE])
    @pytest.mark.parametrize("sent", [{}, IN_CHUNKS])
    def test_is_recorded_up_to_eight_mebibytes(
        self, client: FlaskClient, size: int, sent: dict[str, Any]
    ) -> None:
        body = io.BytesIO(padded(size))
        answer = client.post(URL, input_stream=body, auth=BASIC, content_length=size, **sent)
        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})

    def test_of_a_thousand_lines_keeps_500_and_counts_all(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = client.post(URL, data=an_order_of(1000), auth=BASIC)
        assert answer.json == {"result": "recorded"}
        world.run_tasks()

        (event, _, _) = world.meta.sent[-1]
        assert (len(event.custom.contents), event.custom.num_items) == (500, 3000)
        assert world.row().status is Status.SENT

    def test_of_a_customer_with_5000_past_products_is_recorded(self, client: FlaskClient) -> None:
        webhook = json.loads(ORDER)
        webhook["payload"]["customer"]["products"] = [{"id": f"p-{n}" * 20} for n in range(5000)]
        answer = client.post(URL, json=webhook, auth=BASIC)
        assert answer.json == {"result": "recorded"}

    def test_fits_into_a_document_with_the_longest_ids(
        self, client: FlaskClient, world: World
    ) -> None:
        body = an_order_of(1000, sku=lambda number: "\U0001f377" * 96 + f"{number:04d}")
        assert client.post(URL, data=body, auth=BASIC).json == {"result": "recorded"}
        record = world.row()
        assert record.custom is not None
        assert len(record.custom.contents) == 500
        assert len(encode(record)) < MOST_IN_A_DOCUMENT


class TestAnUnprovenWebhook:
    def test_is_recorded_up_to_a_mebibyte(self, client: FlaskClient) -> None:
        assert client.post(URL, data=padded(MEBIBYTE)).json == {"result": "recorded"}


class TestAWebhookThatIsTooLarge:
    @pytest.mark.parametrize(
        ("size", "auth"), [(8 * MEBIBYTE + 1, BASIC), (MEBIBYTE + 1, None), (9 * MEBIBYTE, None)]
    )
    @pytest.mark.parametrize("sent", [{}, IN_CHUNKS])
    def test_is_read_to_its_end_and_answered_200_with_an_alarm(
        self,
        client: FlaskClient,
        world: World,
        caplog: pytest.LogCaptureFixture,
        size: int,
        auth: tuple[str, str] | None,
        sent: dict[str, Any],
    ) -> None:
        body = io.BytesIO(padded(size))
        answer = client.post(URL, input_stream=body, auth=auth, content_length=size, **sent)

        assert (answer.status_code, answer.json) == (200, {"result": "ignored"})
        assert body.read() == b""
        assert alarms(caplog) == ["webhook.too_large"]
        assert world.queue.tasks == []

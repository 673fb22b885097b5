import json
import logging

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.infra.logs import JsonLines, current_trace
from tests.apps import app_settings
from tests.conftest import World

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def traced(world: World) -> FlaskClient:
    app = create_app(app_settings(), world.services)
    text = {"Content-Type": "text/plain"}
    app.add_url_rule("/trace", view_func=lambda: (current_trace.get() or "none", text))
    return app.test_client()


class TestTheTraceOfARequest:
    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("X-Cloud-Trace-Context", f"{TRACE}/123;o=1"),
            ("X-Cloud-Trace-Context", TRACE),
            ("traceparent", f"00-{TRACE}-b7ad6b7169203331-01"),
        ],
    )
    def test_is_read_from_either_header(self, traced: FlaskClient, header: str, value: str) -> None:
        assert traced.get("/trace", headers={header: value}).text == TRACE

    @pytest.mark.parametrize("value", ["", "nonsense", "casey@example.com", f"{TRACE}00"])
    def test_is_none_when_it_is_no_trace(self, traced: FlaskClient, value: str) -> None:
        headers = {"X-Cloud-Trace-Context": value, "traceparent": value}
        assert traced.get("/trace", headers=headers).text == "none"

    def test_does_not_stay_for_the_next_request(self, traced: FlaskClient) -> None:
        traced.get("/trace", headers={"X-Cloud-Trace-Context": TRACE})
        assert traced.get("/trace").text == "none"


def test_a_webhook_makes_one_line(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="service"):
        client.post("/webhooks/commerce7", data=b"hello", auth=("sandbox", "sandbox"))

    (record,) = caplog.records
    assert json.loads(JsonLines().format(record))["message"] == "webhook.not_json"

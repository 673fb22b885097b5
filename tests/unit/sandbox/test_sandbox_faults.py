"""The sandbox on real sockets: its faults, and webhooks to a service that may be away."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from flask import Flask, request

from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.faults import Fault, Faults
from tests.sandbox.meta_faults import MOODS, FaultMode
from tests.sandbox.orders import webhook
from tests.sandbox.server import RunningServer, serve

Json = dict[str, Any]
EMAIL_HASH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"


def a_config(service_url: str = "http://127.0.0.1:9") -> SandboxConfig:
    return SandboxConfig(
        service_url=service_url,
        webhook_user="sandbox",
        webhook_password="secret",
        pixels={"111": "EAAfirst"},
    )


@pytest.fixture
def meta() -> Iterator[RunningServer]:
    with serve(create_sandbox(a_config())) as running:
        yield running


def plan(meta: RunningServer, **wish: Any) -> requests.Response:
    return requests.post(f"{meta.url}/meta/_control", json=wish, timeout=5)


def send(meta: RunningServer, *, timeout: float = 5, **user_data: str) -> requests.Response:
    event = {
        "event_name": "Lead",
        "event_time": int(datetime.now(UTC).timestamp()),
        "event_id": "c7-reservation-1",
        "action_source": "phone_call",
        "user_data": {"em": EMAIL_HASH, **user_data},
    }
    return requests.post(
        f"{meta.url}/meta/v27.0/111/events",
        json={"data": [event]},
        headers={"Authorization": "Bearer EAAfirst"},
        timeout=timeout,
    )


def received(meta: RunningServer) -> Json:
    body = requests.get(f"{meta.url}/meta/_received", timeout=5).json()
    assert isinstance(body, dict)
    return body


class TestAnswersThatAreFaults:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            ("error500", (500, 2, None)),
            ("throttled", (400, 80004, 2446079)),
            ("briefly", (400, 17, None)),
            ("expired", (400, 190, 463)),
            ("invalid", (400, 100, 2804050)),
        ],
    )
    def test_have_the_shape_of_meta_s_errors(
        self, meta: RunningServer, mode: str, expected: tuple[int, int, int | None]
    ) -> None:
        plan(meta, mode=mode)
        answer = send(meta)
        error = answer.json()["error"]

        assert (answer.status_code, error["code"], error.get("error_subcode")) == expected
        assert received(meta)["counts"] == {"accepted": 0, "tests": 0, "refused": 1, "repeats": 0}
        assert received(meta)["requests"][0]["fault"] == mode

    def test_say_how_long_the_throttling_lasts(self, meta: RunningServer) -> None:
        plan(meta, mode="throttled")
        usage = json.loads(send(meta).headers["X-Business-Use-Case-Usage"])

        [[business]] = usage.values()
        assert business["estimated_time_to_regain_access"] == 1

    def test_take_what_has_not_the_key_that_is_disliked(self, meta: RunningServer) -> None:
        plan(meta, mode="picky", times=None)
        assert send(meta).status_code == 200
        refusal = send(meta, client_ip_address="192.0.2.1")
        assert refusal.json()["error"]["error_data"] == {
            "blame_field_specs": [["data[0][user_data][client_ip_address]"]]
        }

    @pytest.mark.parametrize(("mode", "status"), [("html502", 502), ("html503", 503)])
    def test_may_be_a_page(self, meta: RunningServer, mode: str, status: int) -> None:
        plan(meta, mode=mode)
        answer = send(meta)

        assert answer.status_code == status
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<html>")

    def test_may_look_like_success(self, meta: RunningServer) -> None:
        plan(meta, mode="zero")
        answer = send(meta)

        assert (answer.status_code, answer.json()["events_received"]) == (200, 0)
        assert received(meta)["counts"]["accepted"] == 0


class TestConnectionsThatBreak:
    def test_are_reset_without_taking_the_event(
        self, meta: RunningServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        plan(meta, mode="reset")
        with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
            send(meta)

        assert received(meta)["counts"] == {"accepted": 0, "tests": 0, "refused": 1, "repeats": 0}
        assert received(meta)["requests"][0]["status"] is None
        assert capfd.readouterr().err == ""

    def test_can_lose_the_answer_to_an_event_that_was_taken(
        self, meta: RunningServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        plan(meta, mode="lost")
        with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
            send(meta)

        assert received(meta)["counts"] == {"accepted": 1, "tests": 0, "refused": 0, "repeats": 0}
        assert send(meta).status_code == 200
        assert received(meta)["counts"] == {"accepted": 2, "tests": 0, "refused": 0, "repeats": 1}
        assert capfd.readouterr().err == ""

    def test_can_hang_after_taking_the_event(self, meta: RunningServer) -> None:
        plan(meta, mode="hang", seconds=0.4)
        with pytest.raises(requests.ReadTimeout):
            send(meta, timeout=0.1)

        assert received(meta)["counts"]["accepted"] == 1

    def test_can_hang_and_then_answer(self, meta: RunningServer) -> None:
        plan(meta, mode="hang", seconds=0.2)
        started = time.monotonic()

        assert send(meta).json()["events_received"] == 1
        assert time.monotonic() - started >= 0.2


class TestTheControl:
    @pytest.mark.parametrize("times", [1, 2])
    def test_counts_the_requests(self, meta: RunningServer, times: int) -> None:
        assert plan(meta, mode="error500", times=times).json() == {
            "mode": "error500",
            "times": times,
            "seconds": 20.0,
        }

        assert [send(meta).status_code for _ in range(3)] == [500] * times + [200] * (3 - times)

    def test_lasts_until_it_is_ended(self, meta: RunningServer) -> None:
        plan(meta, mode="error500", times=None)
        statuses = [send(meta).status_code for _ in range(3)]
        plan(meta, mode="behave")

        assert [*statuses, send(meta).status_code] == [500, 500, 500, 200]

    def test_can_mean_one_pixel_alone(self, meta: RunningServer) -> None:
        plan(meta, mode="error500", times=2, only="222")
        assert send(meta).status_code == 200
        plan(meta, mode="error500", times=1, only="111")
        assert [send(meta).status_code for _ in range(2)] == [500, 200]

    @pytest.mark.parametrize(
        "wish",
        [
            {},
            {"mode": "x"},
            {"mode": []},
            {"mode": "reset", "times": 0},
            {"mode": "reset", "times": "2"},
            {"mode": "reset", "times": True},
            {"mode": "hang", "seconds": "2"},
            {"mode": "hang", "seconds": -1},
            {"mode": "hang", "only": 111},
            {"mode": "hang", "seconds": None},
        ],
    )
    def test_refuses_what_it_does_not_understand(self, meta: RunningServer, wish: Json) -> None:
        assert plan(meta, **wish).status_code == 400
        assert send(meta).status_code == 200

    def test_hands_a_fault_to_exactly_as_many_threads(self) -> None:
        faults = Faults(MOODS)
        faults.plan(Fault(FaultMode.RESET, times=50))
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _: faults.take(), range(200)))

        assert sum(fault is not None for fault in taken) == 50


class TestWebhooks:
    def test_reach_the_service_with_its_credentials(self) -> None:
        service = Flask("service")

        @service.post("/webhooks/commerce7")
        def hear() -> Json:
            caller = request.authorization
            assert caller is not None
            return {"caller": [caller.username, caller.password], "heard": request.json}

        with serve(service) as there, serve(create_sandbox(a_config(f"{there.url}/"))) as sandbox:
            made = order_of(sandbox)

        [delivered] = made["webhooks"]
        assert delivered["status"] == 200
        assert delivered["body"]["caller"] == ["sandbox", "secret"]
        assert delivered["body"]["heard"] == webhook(made["order"], "Create", "sandbox-winery")

    @pytest.mark.parametrize("status", [302, 401, 503])
    def test_keep_any_answer_as_it_came(self, status: int) -> None:
        answer = ("<b>no</b>", status, {"Location": "/webhooks/elsewhere"})
        service = Flask("service")
        service.add_url_rule("/webhooks/commerce7", "hear", lambda: answer, methods=["POST"])
        with serve(service) as there, serve(create_sandbox(a_config(there.url))) as sandbox:
            [delivered] = order_of(sandbox)["webhooks"]

        assert delivered == {"action": "Create", "status": status, "body": answer[0]}

    def test_record_that_the_service_is_away(self) -> None:
        with serve(Flask("gone")) as gone:
            url = gone.url
        with serve(create_sandbox(a_config(url))) as sandbox:
            [delivered] = order_of(sandbox)["webhooks"]
            page = requests.get(f"{sandbox.url}/commerce7/", timeout=5).text

        sentence = f"{url}/webhooks/commerce7 cannot be reached. Is the service running?"
        assert delivered == {"action": "Create", "status": None, "body": sentence}
        assert sentence in page


def order_of(sandbox: RunningServer) -> Json:
    answer = requests.post(f"{sandbox.url}/commerce7/orders", json={"kind": "web"}, timeout=5)
    body = answer.json()
    assert isinstance(body, dict)
    return body

"""The sandbox's Commerce7 API on real sockets: late and missing answers."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.people import BUYERS
from tests.sandbox.server import RunningServer, serve


@pytest.fixture
def running() -> Iterator[RunningServer]:
    config = SandboxConfig(
        service_url="http://127.0.0.1:9",
        webhook_user="sandbox",
        webhook_password="secret",
        pixels={},
    )
    with serve(create_sandbox(config)) as server:
        yield server


def plan(running: RunningServer, **wish: Any) -> Any:
    return requests.post(f"{running.url}/commerce7/_control", json=wish, timeout=5).json()


def ask(running: RunningServer, *, timeout: float = 5) -> requests.Response:
    return requests.get(
        f"{running.url}/commerce7/v1/customer/{BUYERS[0].customer_id}",
        auth=("sandbox-app", "sandbox-secret"),
        headers={"tenant": "sandbox-winery"},
        timeout=timeout,
    )


def calls(running: RunningServer) -> list[tuple[int | None, str | None]]:
    kept = requests.get(f"{running.url}/commerce7/_calls", timeout=5).json()["calls"]
    return [(call["status"], call["fault"]) for call in kept]


class TestTheConnection:
    def test_can_be_reset(self, running: RunningServer, capfd: pytest.CaptureFixture[str]) -> None:
        plan(running, mode="reset")
        with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
            ask(running)

        assert ask(running).status_code == 200
        assert calls(running) == [(None, "reset"), (200, None)]
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize(("mode", "usual"), [("slow", 3.0), ("hang", 20.0)])
    def test_can_wait_and_then_answer(
        self, running: RunningServer, mode: str, usual: float
    ) -> None:
        assert plan(running, mode=mode) == {"mode": mode, "times": 1, "seconds": usual}
        plan(running, mode=mode, seconds=0.2)
        started = time.monotonic()
        answer = ask(running)

        assert time.monotonic() - started >= 0.2
        assert answer.json()["id"] == BUYERS[0].customer_id
        assert calls(running) == [(200, mode)]

    def test_can_wait_longer_than_the_client(self, running: RunningServer) -> None:
        plan(running, mode="hang", seconds=0.4)
        with pytest.raises(requests.ReadTimeout):
            ask(running, timeout=0.1)

        assert calls(running) == [(200, "hang")]

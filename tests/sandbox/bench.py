"""The sandbox's Commerce7 on a test bench: no sockets, a clock wound by hand. For tests."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.sandbox.app import SandboxConfig, fresh_sandbox
from tests.sandbox.delivery import Delivery

Json = dict[str, Any]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 8, 5, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Bench:
    """A sandbox whose webhooks end here, as if the service had taken them."""

    clock: Clock = field(default_factory=Clock)
    status: int | None = 200
    answer: Any = field(default_factory=lambda: {"received": True})
    told: list[Json] = field(default_factory=list)
    seen_meanwhile: list[int] = field(default_factory=list)
    looks_up: str | None = None
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        config = SandboxConfig(
            service_url="http://localhost:8080/",
            webhook_user="sandbox",
            webhook_password="secret",
            pixels={},
            clock=self.clock,
        )
        self.browser = fresh_sandbox(config, deliver=self.deliver).test_client()

    def deliver(self, webhook: Json, _config: SandboxConfig) -> Delivery:
        """Take a webhook, and look its object up if told to, as the service may at this moment."""
        self.told.append(webhook)
        if self.looks_up:
            answer = self.ask(f"{self.looks_up}/{webhook['payload']['id']}")
            self.seen_meanwhile.append(answer.status_code)
        return Delivery(webhook["action"], self.status, self.answer)

    def make(self, kind: str, *, status: int = 201, route: str = "signals") -> Json:
        """Give a command, and return what the sandbox says of it."""
        answer = self.browser.post(f"/commerce7/{route}", json={"kind": kind})
        assert answer.status_code == status
        return read(answer)

    def ask(self, path: str, **parts: Any) -> TestResponse:
        """Ask the API as the service does, unless `parts` say otherwise."""
        given = {"auth": ("sandbox-app", "sandbox-secret"), "headers": {"tenant": "sandbox-winery"}}
        return self.browser.get(f"/commerce7/v1/{path}", **(given | parts))

    def found(self, path: str) -> Json:
        """Return what the API has at this address."""
        answer = self.ask(path)
        assert answer.status_code == 200
        return read(answer)

    def calls(self) -> list[Json]:
        """Return what the API remembers of its requests."""
        calls = read(self.browser.get("/commerce7/_calls"))["calls"]
        assert isinstance(calls, list)
        return calls


def read(answer: TestResponse) -> Json:
    """Return an answer's JSON."""
    body = answer.get_json()
    assert isinstance(body, dict)
    return body

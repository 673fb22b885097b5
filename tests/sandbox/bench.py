"""A test bench for the sandbox's Commerce7: no sockets, and a clock set by hand."""

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
        """Advance the clock."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Bench:
    """A sandbox whose webhooks are recorded here, as if the service had accepted them."""

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
        """Record a webhook; on request look its object up at once, as the service may."""
        self.told.append(webhook)
        if self.looks_up:
            answer = self.ask(f"{self.looks_up}/{webhook['payload']['id']}")
            self.seen_meanwhile.append(answer.status_code)
        return Delivery(webhook["action"], self.status, self.answer)

    def make(self, kind: str, *, status: int = 201, route: str = "signals") -> Json:
        """Run a command, and return the sandbox's answer."""
        answer = self.browser.post(f"/commerce7/{route}", json={"kind": kind})
        assert answer.status_code == status
        return read(answer)

    def ask(self, path: str, **parts: Any) -> TestResponse:
        """Send the service's API request, changed by `parts`."""
        given = {"auth": ("sandbox-app", "sandbox-secret"), "headers": {"tenant": "sandbox-winery"}}
        return self.browser.get(f"/commerce7/v1/{path}", **(given | parts))

    def found(self, path: str) -> Json:
        """Return the object at this address of the API."""
        answer = self.ask(path)
        assert answer.status_code == 200
        return read(answer)

    def calls(self) -> list[Json]:
        """Return the API's record of its requests."""
        calls = read(self.browser.get("/commerce7/_calls"))["calls"]
        assert isinstance(calls, list)
        return calls


def read(answer: TestResponse) -> Json:
    """Return an answer's JSON."""
    body = answer.get_json()
    assert isinstance(body, dict)
    return body

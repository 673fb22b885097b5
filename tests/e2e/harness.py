"""The service as a real process, between the sandbox's Commerce7 and Meta."""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TypeVar
from uuid import uuid4

import requests
from cryptography.fernet import Fernet

from service.local.issuer import LocalIssuer
from service.local.keys import issuer_key
from tests.builders import PIXEL, TOKEN
from tests.e2e.launch import ROOT, WSGI, Launch, by_command, run_flask
from tests.ports import free_port
from tests.sandbox.orders import OrderKind, an_order, paid, webhook
from tests.sandbox.people import BUYERS
from tests.sandbox.ready import Process, wait_until_ready

TENANT = "sandbox-winery"
LOGIN = ("sandbox", "sandbox")
_PATIENCE_SECONDS = 20.0
_LOOK_AGAIN_SECONDS = 0.02
_LATER, _LATEST_SECONDS = 0.05, 0.5

T = TypeVar("T")


def eventually(
    look: Callable[[], T | None],
    *,
    within: float = _PATIENCE_SECONDS,
    pause: float = _LOOK_AGAIN_SECONDS,
) -> T:
    """Poll `look`, which asks another process, and return its first true result.

    Pauses grow with what was waited: a look costs both processes time, which others need.
    """
    began, again = monotonic(), Event()
    while (waited := monotonic() - began) < within:
        if found := look():
            return found
        again.wait(max(pause, min(waited * _LATER, _LATEST_SECONDS)))
    raise AssertionError(f"nothing within {within} s: {look}")


def an_order_webhook(**changes: Any) -> dict[str, Any]:
    """Return the Create webhook of a new web order."""
    order = an_order(
        OrderKind.WEB, order_id=str(uuid4()), number=7, now=datetime.now(UTC), person=BUYERS[0]
    )
    return webhook(order | changes, "Create", TENANT)


def an_unpaid_then_paid_order() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an order's unpaid Create and its paid Update."""
    now = datetime.now(UTC)
    order = an_order(OrderKind.UNPAID, order_id=str(uuid4()), number=8, now=now, person=BUYERS[0])
    return webhook(order, "Create", TENANT), webhook(paid(order, now=now), "Update", TENANT)


@dataclass
class Meta:
    """The sandbox's Meta, by its control API."""

    url: str

    def events(self, event_id: str | None = None) -> list[dict[str, Any]]:
        """Return the events that it accepted, oldest first."""
        events = self._received()["events"]
        return [event for event in events if event_id in (None, event["event_id"])]

    def test_events(self) -> list[dict[str, Any]]:
        """Return the test events that it accepted, each with its code, oldest first."""
        events: list[dict[str, Any]] = self._received()["test_events"]
        return events

    def refusals(self) -> list[dict[str, Any]]:
        """Return the requests that it did not accept."""
        return [each for each in self._received()["requests"] if each["verdict"] == "refused"]

    def misbehave(self, mode: str, *, times: int | None = 1, only: str | None = None) -> None:
        """Plan a fault for the next requests; with `only`, for those to one pixel."""
        wish = {"mode": mode, "times": times, "only": only}
        requests.post(f"{self.url}/_control", json=wish, timeout=5).raise_for_status()

    def behave(self) -> None:
        """End the planned fault."""
        self.misbehave("behave")

    def _received(self) -> dict[str, Any]:
        received: dict[str, Any] = requests.get(f"{self.url}/_received", timeout=60).json()
        return received


@dataclass
class Commerce7:
    """The sandbox's Commerce7, by its control API."""

    url: str

    def perform(self, kind: str) -> dict[str, Any]:
        """Run a button's command; return the object, and the service's answers to its webhooks."""
        answer = requests.post(f"{self.url}/signals", json={"kind": kind}, timeout=20)
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    def misbehave(self, mode: str, *, times: int | None = 1) -> None:
        """Plan a fault for the next API requests."""
        wish = {"mode": mode, "times": times}
        requests.post(f"{self.url}/_control", json=wish, timeout=5).raise_for_status()

    def tell_of_itself(self, **facts: object) -> None:
        """Change the public settings."""
        requests.post(f"{self.url}/_settings", json=facts, timeout=5).raise_for_status()

    def change_app(self, do: str, **wish: bool) -> dict[str, Any]:
        """Install or uninstall the app; with `only_tell`, only send the call."""
        answer = requests.post(f"{self.url}/_app", json={"do": do, **wish}, timeout=20)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def add_winery(self, tenant_id: str) -> None:
        """Let another winery have installed the app, without a call."""
        requests.put(f"{self.url}/_wineries/{tenant_id}", timeout=5).raise_for_status()

    def sign_out(self, user: str = "owner") -> None:
        """Invalidate the user's tokens."""
        requests.post(f"{self.url}/_users/{user}/sign-out", timeout=5).raise_for_status()

    def calls(self, kind: str = "") -> list[dict[str, Any]]:
        """Return the API requests about this kind of object, oldest first."""
        calls = requests.get(f"{self.url}/_calls", timeout=5).json()["calls"]
        return [call for call in calls if kind in call["path"]]


@dataclass
class Service:
    """A service that can be started, killed and started again with the same data."""

    folder: Path
    sandbox_url: str
    port: int = field(default_factory=free_port)
    front_port: int | None = None
    backoff_seconds: float = 0.2
    launch: Launch = by_command
    process: Process | None = None
    engines: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    session: str | None = None
    dropped: int = 0

    @property
    def url(self) -> str:
        """The service's address: its own port, or that of a relay in front of it."""
        return f"http://localhost:{self.front_port or self.port}"

    @property
    def log_file(self) -> Path:
        """The file with the output of all of its processes."""
        return self.folder / "service.log"

    def last_words(self, lines: int = 80) -> str:
        """Return the last lines of its processes' output."""
        if not self.log_file.exists():
            return ""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    @property
    def environ(self) -> dict[str, str]:
        """The service's environment variables."""
        keys = self.folder / "key"
        if not keys.exists():
            keys.write_text(Fernet.generate_key().decode())
        return {
            "PATH": os.environ["PATH"],
            "PYTHONFAULTHANDLER": "1",
            "PYTHONPATH": str(ROOT),
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "SQLITE_PATH": str(self.folder / "data" / "1pixel.db"),
            "META_GRAPH_URL": f"{self.sandbox_url}/meta",
            "C7_ADMIN_URL": f"{self.sandbox_url}/commerce7/admin/{{tenantId}}",
            "FRAME_ANCESTORS": self.sandbox_url,
            "C7_API_URL": f"{self.sandbox_url}/commerce7/v1",
            "TOKEN_KEYS": keys.read_text(),
            "SESSION_KEYS": "invented",
            "RETRY_MIN_BACKOFF_SECONDS": str(self.backoff_seconds),
            **self.engines,
        }

    def configure(self, *choices: str, token: str = TOKEN) -> None:
        """Configure the winery's pixel and other settings, by the operator's command."""
        self.command(
            "configure", TENANT, "--pixel-id", PIXEL, "--token-stdin", *choices, stdin=f"{token}\n"
        )

    def command(self, *command: str, stdin: str = "") -> str:
        """Run one of the operator's commands about tenants, and return its output."""
        arguments = ["--app", "service.wsgi", "tenant", *command]
        printed, errors = run_flask(arguments, self.environ, self.folder, stdin=stdin)
        self.answers.append(printed + errors)
        return printed

    def start(self, app: str = WSGI) -> None:
        """Start the service, and return when it is ready."""
        self.process = self.launch(app, self.environ, self.log_file)
        wait_until_ready(f"http://localhost:{self.port}", self.process)

    def kill(self) -> None:
        """Kill the service and its workers at once, like a power cut."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Stop the service with SIGTERM."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=15)
            self.process = None

    def tell(
        self, body: dict[str, Any] | bytes, *, login: tuple[str, str] | None = LOGIN
    ) -> requests.Response:
        """Deliver a webhook."""
        given: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
        answer = requests.post(f"{self.url}/webhooks/commerce7", auth=login, timeout=20, **given)
        self.answers.append(answer.text)
        return answer

    def report(self, what: str, tenant_id: str, *, address: str) -> requests.Response:
        """Call `/auth/install` or `/auth/uninstall` without a login, as seen by a front end."""
        return requests.post(
            f"{self.url}/auth/{what}",
            json={"tenantId": tenant_id},
            headers={"X-Forwarded-For": address},
            timeout=20,
        )

    def call_task(self, path: str, body: bytes = b"{}") -> requests.Response:
        """Call a task handler with our queue's token, as Cloud Scheduler or Cloud Tasks would."""
        audience = f"{self.url}/tasks"
        issuer = LocalIssuer(
            issuer_key(self.folder / "data"), audience=audience, clock=lambda: datetime.now(UTC)
        )
        headers = {"Authorization": f"Bearer {issuer.mint()}"}
        answer = requests.post(f"{self.url}{path}", data=body, headers=headers, timeout=20)
        self.answers.append(answer.text)
        return answer

    def sign_in(self, user: str = "owner") -> str:
        """Open the dashboard as the frame does, and return its session."""
        users = f"{self.sandbox_url}/commerce7/_users"
        account = requests.post(f"{users}/{user}/sign-in", timeout=5).json()["account"]
        query = {"tenantId": TENANT, "account": account}
        page = self._get("/", params=query)
        found = re.search(r'<meta name="session" content="([^"]+)"', page.text)
        assert found
        return found[1]

    def rows(self) -> list[str]:
        """Return the log's rows as the dashboard shows them, newest first, as plain text."""
        self.session = self.session or self.sign_in()
        headers = {"Authorization": f"Bearer {self.session}"}
        page = self._get("/activity/table", headers=headers).text
        rows = re.findall(r"<tr[^>]*>\s*<td[^>]*>.*?</tr>", page, re.DOTALL)
        return [unescape(" ".join(re.sub(r"<[^>]+>", " ", row).split())) for row in rows]

    def _get(self, path: str, **given: Any) -> requests.Response:
        """Send a GET; like a browser, repeat it if the connection was closed without an answer.

        On a busy machine this happened to two of tens of thousands; the cause is unknown.
        """
        try:
            answer = requests.get(f"{self.url}{path}", timeout=20, **given)
        except requests.ConnectionError as error:
            if "RemoteDisconnected" not in str(error):
                raise
            self.dropped += 1
            answer = requests.get(f"{self.url}{path}", timeout=20, **given)
        answer.raise_for_status()
        self.answers.append(answer.text)
        return answer

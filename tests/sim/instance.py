"""Simulated processes of the service. Each has its own memory, and can be killed at any step."""

import sys
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from random import Random

from flask import Flask

from service.ports import Services
from tests.sim.faults import Fault, FaultInjector
from tests.sim.loop import Loop
from tests.sim.objects import CANARY
from tests.sim.trace import Trace, Violation

_INTERNAL_ERROR = 500
_LATENCIES = (0.002, 0.005, 0.02, 0.1)
_SLOW_CALL = 4.0
"""The real store's longest wait for an answer, in seconds."""
_FROZEN_FOR = (20.0, 180.0)

OnResponse = Callable[[int | None, bytes], object]
"""A caller's callback for the answer; a status of `None` means that there was none."""


class Killed(BaseException):
    """The process was killed."""


@dataclass(eq=False)
class Call:
    """One request to an instance, and its answer."""

    number: int
    what: str
    instance: "Instance"
    started_at: datetime
    ended_at: datetime | None = None
    status: int | None = None
    is_killed: bool = False
    store_failed_at: datetime | None = None

    def __str__(self) -> str:
        return f"#{self.number} {self.instance.name} {self.what}"


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)
"""The request of the running handler."""


class Instance:
    """One process, which serves `app`."""

    def __init__(self, name: str, *, loop: Loop, faults: FaultInjector, trace: Trace) -> None:
        self.name = name
        self.loop = loop
        self.faults = faults
        self.trace = trace
        self.is_dead = False
        self.app: Flask | None = None
        self.services: Services | None = None

    def wait(self, what: str, seconds: float | None = None) -> None:
        """Wait for the time of half a step; raise Killed if the process dies meanwhile."""
        if not self.loop.is_in_handler:
            return
        rng = self.faults.rng
        if seconds is None:
            seconds = rng.choice(_LATENCIES) * rng.random()
            if self.faults.happens(Fault.SLOW_CALL):
                seconds = _SLOW_CALL * rng.random()
        self.loop.sleep(seconds)
        if not self.is_dead and self.faults.happens(Fault.FREEZE):
            self.loop.sleep(rng.uniform(*_FROZEN_FOR))
        if not self.is_dead and self.faults.happens(Fault.KILL):
            self.is_dead = True
        call = current_call.get()
        self.trace.record(self.loop.now, call, f"{what}{' KILLED' if self.is_dead else ''}")
        if self.is_dead:
            if call:
                call.is_killed = True
            raise Killed

    def serve(self, call: Call, path: str, body: bytes, login: str) -> tuple[int | None, bytes]:
        """Return the answer to this request; a status of `None` if the process dies meanwhile."""
        if self.app is None:
            raise RuntimeError("the instance has no app")
        current_call.set(call)
        status: int | None = None
        answer = b""
        if not self.is_dead:
            with suppress(Killed):
                status, answer = _post_wsgi(self.app, path, body, login)
        call.status, call.ended_at = status, self.loop.now
        self.trace.record(self.loop.now, call, f"→ {status} {answer.decode().strip()}")
        if CANARY.encode() in answer:
            raise Violation(f"I7: personal data in an answer: {answer!r}")
        if status == _INTERNAL_ERROR:
            raise Violation(f"an internal server error: {call}")
        return status, answer


class Fleet:
    """The running instances. A killed one is replaced by a new one with an empty memory."""

    def __init__(
        self, size: int, *, start: Callable[[int], Instance], loop: Loop, rng: Random
    ) -> None:
        self._start = start
        self._loop = loop
        self._rng = rng
        self._slots = [start(slot) for slot in range(size)]
        self.calls = 0

    def pick(self) -> Instance:
        """Return a living instance, chosen at random like a load balancer's."""
        slot = self._rng.randrange(len(self._slots))
        if self._slots[slot].is_dead:
            self._slots[slot] = self._start(slot)
        return self._slots[slot]

    def post(
        self, path: str, body: bytes, *, login: str, on_response: OnResponse, what: str = ""
    ) -> None:
        """Send a request; `on_response` is called with the answer."""
        self.run_handler(
            lambda call: call.instance.serve(call, path, body, login), on_response, what or path
        )

    def run_handler(
        self, work: Callable[[Call], tuple[int | None, bytes]], on_response: OnResponse, what: str
    ) -> None:
        """Run this on an instance, as one of its handlers."""
        self.calls += 1
        call = Call(self.calls, what, self.pick(), self._loop.now)

        def handle() -> None:
            on_response(*work(call))

        self._loop.spawn(handle)


def _post_wsgi(app: Flask, path: str, body: bytes, login: str) -> tuple[int, bytes]:
    """Return the app's answer over plain WSGI, which is three times as fast as the test client."""
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if login:
        environ["HTTP_AUTHORIZATION"] = login
    statuses: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _written: None

    answer = b"".join(app(environ, start))
    return int(statuses[0].split()[0]), answer

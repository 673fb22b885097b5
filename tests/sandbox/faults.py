"""How the sandbox's Meta can be told to misbehave, and the answers that it then gives."""

import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock
from typing import Any

DEFAULT_HANG_SECONDS = 20.0


class FaultMode(StrEnum):
    """The ways in which a request to Meta can go wrong."""

    ERROR_500 = "error500"
    HTML_503 = "html503"
    THROTTLED = "throttled"
    EXPIRED = "expired"
    INVALID = "invalid"
    HANG = "hang"
    RESET = "reset"
    LOST = "lost"
    ZERO = "zero"


DESCRIPTIONS: Mapping[FaultMode, str] = {
    FaultMode.ERROR_500: "HTTP 500, a transient error (code 2)",
    FaultMode.HTML_503: "HTTP 503 with an HTML page",
    FaultMode.THROTTLED: "Throttled (code 80004), free again in 1 minute",
    FaultMode.EXPIRED: "The token has expired (code 190/463)",
    FaultMode.INVALID: "Invalid parameter for good (code 100/2804050)",
    FaultMode.HANG: f"Take the event, answer after {DEFAULT_HANG_SECONDS:.0f} s",
    FaultMode.RESET: "Reset the connection, take nothing",
    FaultMode.LOST: "Take the event, lose the answer",
    FaultMode.ZERO: "HTTP 200, but no event received",
}

DROPS_CONNECTION = frozenset({FaultMode.RESET, FaultMode.LOST})
"""After these the client never reads an answer."""

TAKES_EVENTS = frozenset({FaultMode.HANG, FaultMode.LOST})
"""These judge the request and take its events as if nothing were wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to misbehave; `times` is how often yet, `None` until told otherwise."""

    mode: FaultMode
    times: int | None = 1
    seconds: float = DEFAULT_HANG_SECONDS


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """An answer that does not depend on the request."""

    status: int
    body: dict[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)


class Faults:
    """Which fault the next request meets. Requests come on many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._fault: Fault | None = None

    def plan(self, fault: Fault | None) -> None:
        """Misbehave from the next request on, or behave again."""
        with self._lock:
            self._fault = fault

    def planned(self) -> Fault | None:
        """Return what is planned, without using it up."""
        with self._lock:
            return self._fault

    def take(self) -> Fault | None:
        """Return what this request meets, and count it."""
        with self._lock:
            fault = self._fault
            if fault and fault.times is not None:
                self._fault = replace(fault, times=fault.times - 1) if fault.times > 1 else None
            return fault


def hang_up(connection: socket.socket) -> None:
    """Close the connection the hard way, with a reset instead of a farewell.

    The server goes on with its file descriptor. A socket whose other side has gone takes the
    connection's place there, so that the server sees what it would see of a client that left.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    dead, other = socket.socketpair()
    other.close()
    with dead:
        os.dup2(dead.fileno(), connection.fileno(), inheritable=False)


def _error(message: str, code: int, **more: object) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, **more}
    return {"error": error | {"fbtrace_id": "AsandboxSandboxSandboxS"}}


_USAGE = (
    '{"1234567890":[{"type":"ads_management","call_count":100,"total_cputime":25,'
    '"total_time":25,"estimated_time_to_regain_access":1,'
    '"ads_api_access_tier":"standard_access"}]}'
)

ANSWERS: Mapping[FaultMode, CannedAnswer] = {
    FaultMode.ERROR_500: CannedAnswer(
        500, _error("Service temporarily unavailable", 2, is_transient=True)
    ),
    FaultMode.HTML_503: CannedAnswer(
        503,
        "<html><body><h1>503 Service Unavailable</h1></body></html>",
        {"Content-Type": "text/html; charset=utf-8"},
    ),
    FaultMode.THROTTLED: CannedAnswer(
        400,
        _error(
            "(#80004) There have been too many calls to this ad-account. Wait a bit and try again.",
            80004,
            error_subcode=2446079,
        ),
        {"X-Business-Use-Case-Usage": _USAGE},
    ),
    FaultMode.EXPIRED: CannedAnswer(
        400,
        _error("Error validating access token: Session has expired.", 190, error_subcode=463),
    ),
    FaultMode.INVALID: CannedAnswer(
        400,
        _error(
            "Invalid parameter",
            100,
            error_subcode=2804050,
            is_transient=False,
            error_user_title="You haven't added sufficient customer information parameter data "
            "for this event",
            error_user_msg="This event has no customer information parameters.",
        ),
    ),
    FaultMode.RESET: CannedAnswer(500, "nobody will read this"),
    FaultMode.ZERO: CannedAnswer(
        200, {"events_received": 0, "messages": [], "fbtrace_id": "AsandboxSandboxSandboxS"}
    ),
}

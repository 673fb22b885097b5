"""A record of the Commerce7 API's requests: addresses and statuses, no headers or bodies."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request about a winery; `status` is `None` if the connection was dropped."""

    at: datetime
    path: str
    status: int | None
    fault: str | None
    tenant: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the call as the control API shows it."""
        return {
            "path": self.path,
            "status": self.status,
            "at": self.at.isoformat(),
            "fault": self.fault,
            "tenant": self.tenant,
        }


class Calls:
    """The last requests, oldest first. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=_KEPT)

    def keep(self, call: Call) -> None:
        """Record a call."""
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        """Return the recorded calls, oldest first."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Delete the record. The rate limiter still counts the calls."""
        with self._lock:
            self._calls.clear()

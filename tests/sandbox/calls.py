"""Which requests the Commerce7 API has seen: addresses and statuses, no headers and no bodies."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `status` is `None` when the connection was dropped instead of answered."""

    at: datetime
    path: str
    status: int | None
    fault: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the call as the control API shows it."""
        return {
            "path": self.path,
            "status": self.status,
            "at": self.at.isoformat(),
            "fault": self.fault,
        }


class Calls:
    """The last requests, oldest first. They come on many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: deque[Call] = deque(maxlen=_KEPT)

    def keep(self, call: Call) -> None:
        """Remember a call."""
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        """Return what has been asked, oldest first."""
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        """Forget them; the limit does not."""
        with self._lock:
            self._calls.clear()

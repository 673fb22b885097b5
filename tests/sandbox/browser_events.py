"""The events that Meta received from pixels in shoppers' browsers."""

from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock
from typing import Any

_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserEvent:
    """One event of a browser's pixel; `page` is the address that it was on."""

    at: datetime
    pixel: str
    name: str
    event_id: str
    page: str
    fbp: str
    fbc: str

    def as_json(self) -> dict[str, Any]:
        """Return the event as the control API shows it."""
        return asdict(self) | {"at": self.at.isoformat()}


class BrowserEvents:
    """The last events, oldest first. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: deque[BrowserEvent] = deque(maxlen=_KEPT)

    def keep(self, event: BrowserEvent) -> None:
        """Record an event."""
        with self._lock:
            self._events.append(event)

    def all(self) -> list[BrowserEvent]:
        """Return the recorded events, oldest first."""
        with self._lock:
            return list(self._events)

    def clear(self) -> None:
        """Delete the record."""
        with self._lock:
            self._events.clear()

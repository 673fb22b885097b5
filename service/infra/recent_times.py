"""When keys were last noted, in this process."""

from datetime import datetime
from threading import Lock

_MOST_KEYS = 10_000


class RecentTimes:
    """The times of the keys that were noted last, of 10,000 at most. Safe to share by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._times: dict[str, datetime] = {}

    def note(self, key: str, at: datetime) -> None:
        """Note the key; the one that was noted first makes room for it."""
        with self._lock:
            self._times.pop(key, None)
            if len(self._times) >= _MOST_KEYS:
                del self._times[next(iter(self._times))]
            self._times[key] = at

    def time_of(self, key: str) -> datetime | None:
        """Return when the key was noted last; `None` if it is not remembered."""
        with self._lock:
            return self._times.get(key)

"""A bounded memory of keys: which were noted not long ago."""

from datetime import datetime, timedelta
from threading import Lock


class RecentKeys:
    """Remembers up to `most` keys for the time of `kept_for`. Safe to share between threads.

    If there are more, the one that was noted longest ago is forgotten.
    """

    def __init__(self, *, kept_for: timedelta, most: int) -> None:
        self._kept_for = kept_for
        self._most = most
        self._lock = Lock()
        self._noted: dict[str, datetime] = {}

    def note(self, key: str, *, now: datetime) -> None:
        """Remember the key from now on."""
        with self._lock:
            self._noted.pop(key, None)
            if len(self._noted) >= self._most:
                del self._noted[next(iter(self._noted))]
            self._noted[key] = now

    def knows(self, key: str, *, now: datetime) -> bool:
        """Tell whether the key is remembered."""
        return self.time_of(key, now=now) is not None

    def time_of(self, key: str, *, now: datetime) -> datetime | None:
        """Return when the key was noted last; `None` if it is not remembered."""
        with self._lock:
            noted_at = self._noted.get(key)
        return noted_at if noted_at and now < noted_at + self._kept_for else None

    def forget(self, key: str) -> None:
        """Forget the key."""
        with self._lock:
            self._noted.pop(key, None)

"""A rate limiter for each key, such as a tenant: a burst, then one call each interval."""

from datetime import datetime, timedelta
from threading import Lock

from msgspec import Struct, field

_MOST_KEYS = 10_000


class _Tally(Struct):
    """One key's state. `drained_at` is when the whole burst is available again.

    `promised_until` is the last time given to a refused call, for each number of calls kept.
    """

    drained_at: datetime
    promised_until: dict[int, datetime] = field(default_factory=dict)


class RateLimiter:
    """Counts for each key, in this process. Safe to share between threads.

    In any minute a key gets `burst` calls plus a minute's worth of `interval`s at most. Refused
    calls are given times `apart` from each other, so that a crowd does not come back as a crowd.
    """

    def __init__(self, *, burst: int, interval: timedelta, apart: timedelta | None = None) -> None:
        self._burst = burst
        self._interval = interval
        self._apart = apart or interval
        self._lock = Lock()
        self._tallies: dict[str, _Tally] = {}

    def retry_after(self, key: str, *, now: datetime, keep: int = 0) -> timedelta | None:
        """Count one call and return `None`; if it is refused, return how long to wait.

        A call of low priority is refused unless it leaves `keep` calls of the burst to others.
        """
        with self._lock:
            tally = self._tally(key, now)
            free_at = tally.drained_at - (self._burst - 1 - keep) * self._interval
            if free_at <= now:
                tally.drained_at = max(tally.drained_at, now) + self._interval
                return None
            promised = max(tally.promised_until.get(keep, now), free_at) + self._apart
            tally.promised_until[keep] = promised
            return promised - now

    def block_until(self, key: str, until: datetime) -> None:
        """Refuse every call before `until`, and allow no burst at that time."""
        with self._lock:
            tally = self._tally(key, until)
            tally.drained_at = max(tally.drained_at, until + (self._burst - 1) * self._interval)

    def _tally(self, key: str, now: datetime) -> _Tally:
        if key not in self._tallies and len(self._tallies) >= _MOST_KEYS:
            self._tallies = {
                known: tally for known, tally in self._tallies.items() if tally.drained_at > now
            }
        return self._tallies.setdefault(key, _Tally(now))

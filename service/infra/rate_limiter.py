"""How often something may be done for a tenant: some at once, then one by one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

_MOST_TENANTS = 10_000


@dataclass(slots=True)
class _Tally:
    """`drained_at` is when all that was spent would have come at the pace's interval."""

    drained_at: datetime
    promised_until: datetime


class Pace:
    """Counts for each tenant, in this process. Safe to share between threads.

    In any minute a tenant gets `burst` plus a minute's worth of `interval`s at most. Whoever is
    turned away is promised a time `apart` from the one before, so that a crowd does not come back
    as a crowd.
    """

    def __init__(self, *, burst: int, interval: timedelta, apart: timedelta | None = None) -> None:
        self._reserve = (burst - 1) * interval
        self._interval = interval
        self._apart = apart or interval
        self._lock = Lock()
        self._tallies: dict[str, _Tally] = {}

    def spend(self, tenant_id: str, *, now: datetime) -> timedelta | None:
        """Count one; or, where there were too many, return how soon to come back."""
        with self._lock:
            tally = self._tally(tenant_id, now)
            free_at = tally.drained_at - self._reserve
            if free_at <= now:
                tally.drained_at = max(tally.drained_at, now) + self._interval
                return None
            tally.promised_until = max(tally.promised_until, free_at) + self._apart
            return tally.promised_until - now

    def rest(self, tenant_id: str, *, until: datetime) -> None:
        """Let nobody spend before then, and no burst after it."""
        with self._lock:
            tally = self._tally(tenant_id, until)
            tally.drained_at = max(tally.drained_at, until + self._reserve)

    def _tally(self, tenant_id: str, now: datetime) -> _Tally:
        if tenant_id not in self._tallies and len(self._tallies) >= _MOST_TENANTS:
            self._tallies = {
                known: tally for known, tally in self._tallies.items() if tally.drained_at > now
            }
        return self._tallies.setdefault(tenant_id, _Tally(now, now))

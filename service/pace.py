"""How often a winery's data may be asked for: Commerce7 allows 100 requests a minute and tenant.

Reference: Commerce7 developer documentation, "Commerce7 APIs". Each process counts its own; if
several together ask too often, Commerce7 says so, and its 429 sets the pace.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

BURST = 30
INTERVAL = timedelta(seconds=1)
"""At most 30 at once and one a second after: 90 in any minute, which leaves some to others."""

# A question about a person takes about three requests, so those who wait are let in that far apart.
_APART = 3 * INTERVAL
_MOST_TENANTS = 10_000


@dataclass(slots=True)
class _Tally:
    """`drained_at` is when all that was asked would have come at one a second."""

    drained_at: datetime
    promised_until: datetime


class Pace:
    """Counts requests for each tenant. Safe to share between threads."""

    def __init__(self, *, burst: int = BURST, interval: timedelta = INTERVAL) -> None:
        self._reserve = (burst - 1) * interval
        self._interval = interval
        self._lock = Lock()
        self._tallies: dict[str, _Tally] = {}

    def spend(self, tenant_id: str, *, now: datetime) -> timedelta | None:
        """Count one request; or, where there were too many, return when to come back.

        Whoever is turned away is promised a later time than the one before, so that a crowd does
        not come back as a crowd.
        """
        with self._lock:
            tally = self._tally(tenant_id, now)
            free_at = tally.drained_at - self._reserve
            if free_at <= now:
                tally.drained_at = max(tally.drained_at, now) + self._interval
                return None
            tally.promised_until = max(tally.promised_until, free_at) + _APART
            return tally.promised_until - now

    def rest(self, tenant_id: str, *, until: datetime) -> None:
        """Let nobody ask before then: the shop has had enough."""
        with self._lock:
            tally = self._tally(tenant_id, until)
            tally.drained_at = max(tally.drained_at, until + self._reserve)

    def _tally(self, tenant_id: str, now: datetime) -> _Tally:
        if len(self._tallies) >= _MOST_TENANTS:
            kept = {key: each for key, each in self._tallies.items() if each.drained_at > now}
            self._tallies = kept
        return self._tallies.setdefault(tenant_id, _Tally(now, now))

"""When a winery's events are counted, and where its counters stand. Pure."""

from datetime import date, datetime, timedelta

from msgspec import Struct

COUNTED_EVERY = timedelta(hours=1)
"""The pause after a count that found events."""

IDLE_COUNTED_EVERY = timedelta(hours=6)
"""The pause after one that found none."""


class Counting(Struct, frozen=True, kw_only=True):
    """When events are counted next, and since when they are.

    Before the first count, both are `None`, and the count is due at once. After it, the last
    counters stood in the record of `day`; they may stand in that of a later day by now, since the
    dashboard counts, too. Without any counters `day` is `None`.
    """

    at: datetime | None = None
    since: datetime | None = None
    day: date | None = None

    def counted(self, *, has_found: bool, day: date | None, now: datetime) -> "Counting":
        """Return the state after a count."""
        pause = COUNTED_EVERY if has_found else IDLE_COUNTED_EVERY
        return Counting(at=now + pause, since=self.since or now, day=day)

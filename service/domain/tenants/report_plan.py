"""When a winery's report by e-mail is due, and that each is sent once. Pure.

A period is recorded as told before its e-mail is handed to the mail server. So a process that dies
in between loses that report; it is never sent twice.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from msgspec import Struct

from service.domain.copies import replace
from service.domain.shop.time_zone import zone_of

Frequency = Literal["off", "weekly", "monthly"]

SENT_AT = time(7)
"""When a report is due on its day, in the winery's time zone."""

MOST_TRIES = 7
"""How often the mail server is asked to take a report: for eleven hours, with growing pauses."""

_FIRST_PAUSE = timedelta(minutes=10)
_WEEK = timedelta(days=7)


class ReportPeriod(Struct, frozen=True, kw_only=True):
    """A week from Monday, or a calendar month, by its first day and the first day after it."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """Return the last day of the period."""
        return self.until - timedelta(days=1)


class ReportPlan(Struct, frozen=True, kw_only=True):
    """Which reports a winery gets, and how far they have been told.

    Periods that end at `told_until` or before are told, or are none of this plan's. The next try of
    a report waits until `held_until`; `failures` counts the tries that failed.
    """

    frequency: Frequency = "off"
    told_until: date | None = None
    held_until: datetime | None = None
    failures: int = 0

    def due_at(self, zone: str | None) -> datetime | None:
        """Return when the next report is due in the zone of this name; `None` for never."""
        if self.frequency == "off" or self.told_until is None:
            return None
        due = _due(_end_after(self.frequency, self.told_until), zone)
        return max(due, self.held_until or due)

    def period_due(self, now: datetime, zone: str | None) -> ReportPeriod | None:
        """Return the period to report on now; of several that were missed, the last."""
        due_at = self.due_at(zone)
        if due_at is None or now < due_at:
            return None
        until = _last_end(self.frequency, now, zone)
        month_before = (until - timedelta(days=1)).replace(day=1)
        since = until - _WEEK if self.frequency == "weekly" else month_before
        return ReportPeriod(since=since, until=until)

    def told(self, period: ReportPeriod) -> "ReportPlan":
        """Return the plan with this period told."""
        return replace(self, told_until=period.until, held_until=None, failures=0)

    def refused(self, period: ReportPeriod, *, now: datetime) -> "ReportPlan":
        """Return the plan after the mail server did not take the report; `told` after many tries.

        `self` is the plan from before the try.
        """
        failures = self.failures + 1
        if failures >= MOST_TRIES:
            return self.told(period)
        pause = _FIRST_PAUSE * 2**self.failures
        return replace(self, held_until=now + pause, failures=failures)

    def switched(self, frequency: Frequency, *, now: datetime, zone: str | None) -> "ReportPlan":
        """Return the plan after the winery chose this frequency: its next period is the first."""
        if frequency == self.frequency:
            return self
        if frequency == "off":
            return ReportPlan(told_until=self.told_until)
        ended = _last_end(frequency, now, zone)
        return ReportPlan(frequency=frequency, told_until=max(ended, self.told_until or ended))


def _due(end: date, zone: str | None) -> datetime:
    return datetime.combine(end, SENT_AT, zone_of(zone)).astimezone(UTC)


def _end_after(frequency: Frequency, day: date) -> date:
    """Return the first Monday, or the first of a month, after this day."""
    if frequency == "weekly":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _last_end(frequency: Frequency, now: datetime, zone: str | None) -> date:
    """Return the last end of a period whose report has come due by now."""
    local = now.astimezone(zone_of(zone))
    today = local.date() if local.time() >= SENT_AT else local.date() - timedelta(days=1)
    if frequency == "weekly":
        return today - timedelta(days=today.weekday())
    return today.replace(day=1)

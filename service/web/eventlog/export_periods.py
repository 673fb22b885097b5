"""The periods that an export offers, and what its file is called. Pure.

Days and months are those of the winery's time zone.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from service.domain.copies import replace
from service.domain.records.log_view import LogView

_DAY = timedelta(days=1)
_MOST_MONTHS = 6
_LAST_DAYS = (7, 30)


class Period(Struct, frozen=True, kw_only=True):
    """Some whole days: the words for them, the first one and the last one."""

    words: str
    first: date
    last: date

    def of(self, view: LogView, zone: ZoneInfo) -> LogView:
        """Return the view of these days, with the other filters of this one."""
        since, until = _midnight(self.first, zone), _midnight(self.last + _DAY, zone)
        return replace(view, since=since, until=until)


def periods(today: date, *, kept_days: int) -> Iterator[Period]:
    """Yield the last days and months of which rows are still kept, the latest first.

    Of a month whose first rows are deleted by now, the words say so.
    """
    kept_since = today - kept_days * _DAY
    for days in _LAST_DAYS:
        if days <= kept_days:
            yield Period(words=f"Last {days} days", first=today - (days - 1) * _DAY, last=today)
    first, last = today.replace(day=1), today
    for _ in range(_MOST_MONTHS):
        if last < kept_since:
            return
        yield Period(words=_month(first, today, kept_since), first=first, last=last)
        last = first - _DAY
        first = last.replace(day=1)


def file_name(view: LogView, *, today: date, zone: ZoneInfo) -> str:
    """Return the name of the view's file: `1pixel-events-2026-06.csv` for a whole month."""
    first = view.since.astimezone(zone).date() if view.since else None
    last = (view.until - timedelta(seconds=1)).astimezone(zone).date() if view.until else None
    if first and last and first.day == 1 and last == _end_of_month(first):
        days = f"{first:%Y-%m}"
    elif first:
        days = f"{first}-to-{last or today}"
    else:
        days = f"until-{last or today}"
    return f"1pixel-events-{days}.csv"


def _month(first: date, today: date, kept_since: date) -> str:
    words = f"{first:%B %Y}"
    if first.month == today.month and first.year == today.year:
        words += ", until today"
    if first < kept_since:
        words += f", from {kept_since:%B} {kept_since.day}"
    return words


def _end_of_month(first: date) -> date:
    return (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)

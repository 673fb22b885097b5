"""The figures of a period, summed up from a winery's daily records. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct, field

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.events.reason import Reason
from service.domain.figures.daily_record import DailyRecord
from service.domain.figures.tally import CoverageByChannel, HourTally, hour_of, plus_coverage

HOUR = timedelta(hours=1)


class Period(Struct, frozen=True, kw_only=True):
    """A time from the beginning of an hour (included) until another time (not included)."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Period":
        """Return the period just before, of the same length."""
        return Period(since=self.since - (self.until - self.since), until=self.since)


def last_hours(number: int, *, now: datetime, zone: str | None) -> Period:
    """Return the period of so many hours up to and including the present one.

    They are hours of the zone of this name, since events are counted by these.
    """
    until = hour_of(now, zone) + HOUR
    return Period(since=until - number * HOUR, until=until)


class Figures(Struct, frozen=True, kw_only=True):
    """The totals of a period: what was sent to the primary pixel, and what was skipped."""

    total: HourTally = field(default_factory=HourTally)

    @property
    def conversions(self) -> int:
        """Return how many events of the shop itself were sent."""
        return sum(n for name, n in self.total.sent.items() if name not in WEBSITE_EVENTS)

    @property
    def website_events(self) -> int:
        """Return how many events of the storefront's snippet were sent."""
        return sum(n for name, n in self.total.sent.items() if name in WEBSITE_EVENTS)

    @property
    def purchases(self) -> int:
        """Return how many purchases were sent."""
        return self.total.sent.get(EventName.PURCHASE, 0)

    @property
    def value(self) -> Mapping[str, int]:
        """Return the value of the purchases sent, in minor units by currency."""
        return self.total.value

    @property
    def skipped(self) -> Mapping[Reason, int]:
        """Return how many conversions were skipped, by reason, the most frequent first."""
        reasons: dict[Reason, int] = {}
        for name, by_reason in self.total.skipped.items():
            for reason, number in by_reason.items() if name not in WEBSITE_EVENTS else ():
                reasons[reason] = reasons.get(reason, 0) + number
        return dict(sorted(reasons.items(), key=lambda each: (-each[1], each[0])))

    @property
    def skipped_website_events(self) -> int:
        """Return how many events of the snippet were skipped."""
        skipped = self.total.skipped.items()
        return sum(sum(each.values()) for name, each in skipped if name in WEBSITE_EVENTS)

    def delay(self, share: float) -> timedelta | None:
        """Return the time within which this share of the conversions had Meta's answer.

        It is the upper bound of a class of the histogram, so never too short. `None` without any.
        """
        needed = ceil(share * sum(self.total.delays.values()))
        for seconds in sorted(self.total.delays):
            needed -= self.total.delays[seconds]
            if needed <= 0:
                return timedelta(seconds=seconds)
        return None


def change_words(now: int, before: int, *, title: str) -> str:
    """Return how much more or less it is than in the period before; `title` is its length."""
    if now == before:
        return f"same as the {title} before"
    if before == 0:
        return f"0 in the {title} before"
    percent = round(100 * (now - before) / before)
    return f"{percent:+d}% compared with the {title} before"


def figures_of(days: Iterable[DailyRecord], period: Period) -> Figures:
    """Return the figures of the period; the days must be all that may hold some of it."""
    return Figures(total=_sum(each for _, each in _hours(days, period)))


def figures_by_step(
    days: Sequence[DailyRecord], period: Period, starts: Sequence[datetime]
) -> Sequence[Figures]:
    """Return the figures of each part of the period; each begins at one of these times."""
    ends = [*starts[1:], period.until]
    parts = (Period(since=start, until=end) for start, end in zip(starts, ends, strict=True))
    return [figures_of(days, part) for part in parts]


def coverage_of(days: Iterable[DailyRecord]) -> CoverageByChannel:
    """Return the coverage of the events in these records."""
    total: CoverageByChannel = {}
    for each in days:
        total = plus_coverage(total, each.tally.coverage) if each.tally else total
    return total


def counted_since(days: Iterable[DailyRecord]) -> datetime | None:
    """Return the first hour of which there are counters; `None` for none."""
    return min((hour for each in days if each.tally for hour in each.tally.hours), default=None)


def _hours(days: Iterable[DailyRecord], period: Period) -> Iterable[tuple[datetime, HourTally]]:
    for each in days:
        for hour, tally in each.tally.hours.items() if each.tally else ():
            if period.since <= hour < period.until:
                yield hour, tally


def _sum(tallies: Iterable[HourTally]) -> HourTally:
    total = HourTally()
    for each in tallies:
        total = total.plus(each)
    return total

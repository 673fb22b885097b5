"""The periods that a merchant may choose, and their parts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.figures.figures import HOUR, Period, last_hours
from service.domain.shop.dates import hour_of, short_day
from service.domain.shop.time_zone import start_of_day, zone_of

_DAY = timedelta(days=1)


class Choice(Struct, frozen=True, kw_only=True):
    """A period to choose: its name in addresses, its length, and its words."""

    name: str
    hours: int
    title: str

    @property
    def is_by_hour(self) -> bool:
        """Tell whether its charts have a bar for each hour instead of each day."""
        return self.hours <= 24  # noqa: PLR2004 - a day


CHOICES = (
    Choice(name="24h", hours=24, title="24 hours"),
    Choice(name="7d", hours=7 * 24, title="7 days"),
    Choice(name="30d", hours=30 * 24, title="30 days"),
)
DEFAULT = CHOICES[1]


def choice_of(name: str) -> Choice:
    """Return the period of this name; the default for any other."""
    return next((each for each in CHOICES if each.name == name), DEFAULT)


def period_of(choice: Choice, *, now: datetime, zone: str | None) -> Period:
    """Return the period that ends with the present hour."""
    return last_hours(choice.hours, now=now, zone=zone)


def parts_of(choice: Choice, period: Period, zone: str | None) -> Sequence[tuple[datetime, str]]:
    """Return the beginning and the name of each hour or day; the first day may be a part of one."""
    if choice.is_by_hour:
        hours = [period.since + number * HOUR for number in range(choice.hours)]
        return [(at, hour_of(at.astimezone(zone_of(zone)))) for at in hours]
    starts = [period.since]
    while (following := _next_day(starts[-1], zone)) < period.until:
        starts.append(following)
    return [(at, short_day(at.astimezone(zone_of(zone)).date())) for at in starts]


def _next_day(at: datetime, zone: str | None) -> datetime:
    """Return the next midnight in the zone; a day has 23 to 25 hours."""
    midnight = start_of_day(at, zone)
    return start_of_day(midnight + _DAY + _DAY / 4, zone).astimezone(at.tzinfo)

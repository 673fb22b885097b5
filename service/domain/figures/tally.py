"""Counters of a winery's events: one set for each hour, and coverage for each day. Pure.

Only what is final is counted: an event that was sent to the primary pixel (or to the winery's only
one), or one that was skipped. What is on hold or failed may still change, and is counted in the log
whenever it is shown.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.shop.time_zone import zone_of

DELAY_BOUNDS = (
    *(1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45),
    *(60, 90, 120, 180, 300, 600, 900, 1800),
    *(3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800, 6_048_000),
)
"""The upper bounds, in seconds, of the histogram's classes. They are stored: add none between."""

NO_CHANNEL = ""
"""The channel of events that come from none: website events and sign-ups, for example."""

_K = TypeVar("_K")


class CountedEvent(Struct, frozen=True, kw_only=True):
    """What is counted of one event.

    `at` is when it became final. `skipped_for` is why it was skipped; `None` if it was sent.
    `delay` is the time from what happened in the shop to Meta's answer.
    """

    name: EventName
    channel: str
    at: datetime
    skipped_for: Reason | None = None
    match_keys: tuple[str, ...] = ()
    value: Money | None = None
    delay: timedelta | None = None


class HourTally(Struct, frozen=True, kw_only=True):
    """The counters of one hour.

    `value` is that of the purchases sent, in minor units by currency. `delays` is a histogram of
    the conversions sent: how many took at most so many seconds, and longer than the class before.
    """

    sent: Mapping[EventName, int] = field(default_factory=dict)
    skipped: Mapping[EventName, Mapping[Reason, int]] = field(default_factory=dict)
    value: Mapping[str, int] = field(default_factory=dict)
    delays: Mapping[int, int] = field(default_factory=dict)

    def with_event(self, event: CountedEvent) -> "HourTally":
        """Return the counters with one more event."""
        if event.skipped_for is not None:
            of_event = _plus(self.skipped.get(event.name, {}), {event.skipped_for: 1})
            return replace(self, skipped={**self.skipped, event.name: of_event})
        return replace(
            self,
            sent=_plus(self.sent, {event.name: 1}),
            value=_plus(self.value, _value_of(event)),
            delays=_plus(self.delays, _class_of(event)),
        )

    def plus(self, other: "HourTally") -> "HourTally":
        """Return the sum of both."""
        names = {**self.skipped, **other.skipped}
        none: Mapping[Reason, int] = MappingProxyType({})
        return HourTally(
            sent=_plus(self.sent, other.sent),
            skipped={
                name: _plus(self.skipped.get(name, none), other.skipped.get(name, none))
                for name in names
            },
            value=_plus(self.value, other.value),
            delays=_plus(self.delays, other.delays),
        )


class Coverage(Struct, frozen=True, kw_only=True):
    """How many events were sent, and how many of them had each match key."""

    events: int = 0
    keys: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: "Coverage") -> "Coverage":
        """Return the sum of both."""
        return Coverage(events=self.events + other.events, keys=_plus(self.keys, other.keys))


CoverageByChannel = Mapping[EventName, Mapping[str, Coverage]]


class DayTally(Struct, frozen=True, kw_only=True):
    """The counters that stand in one day's record.

    `counted_until` is the mark of the last event in it, as the store gave it: only events that were
    read from there on may be added. `hours` are by their beginnings in UTC; an event that became
    visible late may stand in the next day's record, in its own hour. `coverage` is by event and
    channel.
    """

    counted_until: str
    hours: Mapping[datetime, HourTally] = field(default_factory=dict)
    coverage: CoverageByChannel = field(default_factory=dict)

    def with_events(
        self, events: Iterable[CountedEvent], *, zone: str | None, counted_until: str
    ) -> "DayTally":
        """Return the tally with these events, counted in the hours of the zone of this name."""
        hours, coverage = dict(self.hours), dict(self.coverage)
        for event in events:
            hour = hour_of(event.at, zone)
            hours[hour] = hours.get(hour, HourTally()).with_event(event)
            if event.skipped_for is None:
                one = Coverage(events=1, keys=dict.fromkeys(event.match_keys, 1))
                coverage = dict(plus_coverage(coverage, {event.name: {event.channel: one}}))
        return DayTally(counted_until=counted_until, hours=hours, coverage=coverage)


def hour_of(at: datetime, zone: str | None) -> datetime:
    """Return the beginning of the hour in the zone of this name, in UTC.

    In zones with half hours it is not the beginning of an hour in UTC.
    """
    return at.astimezone(zone_of(zone)).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def plus_coverage(one: CoverageByChannel, other: CoverageByChannel) -> CoverageByChannel:
    """Return the sum of both."""
    total = {name: dict(channels) for name, channels in one.items()}
    for name, channels in other.items():
        known = total.setdefault(name, {})
        for channel, coverage in channels.items():
            known[channel] = known.get(channel, Coverage()).plus(coverage)
    return total


def _value_of(event: CountedEvent) -> Mapping[str, int]:
    value = event.value if event.name is EventName.PURCHASE else None
    return {value.currency: value.minor} if value and value.currency else {}


def _class_of(event: CountedEvent) -> Mapping[int, int]:
    if event.delay is None or event.name in WEBSITE_EVENTS:
        return {}
    seconds = event.delay.total_seconds()
    place = min(bisect_left(DELAY_BOUNDS, seconds), len(DELAY_BOUNDS) - 1)
    return {DELAY_BOUNDS[place]: 1}


def _plus(one: Mapping[_K, int], other: Mapping[_K, int]) -> dict[_K, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}

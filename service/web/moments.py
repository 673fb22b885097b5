"""Times as people read them: in the winery's own zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in words, and exactly."""

    text: str
    iso: str


def moment(at: datetime, zone: str | None) -> Moment:
    """Return the time as the winery's clock shows it; UTC where its zone is unknown."""
    there = at.astimezone(_zone(zone))
    return Moment(f"{there.day} {there:%b %Y, %H:%M %Z}", at.isoformat(timespec="seconds"))


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, OSError, ValueError):
        # What a shop tells of itself may be no zone that we know (ZoneInfoNotFoundError is a
        # KeyError, and odd names fail in the file system).
        return UTC

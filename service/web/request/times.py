"""Times as people read them: in the winery's own zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from service.domain.shop.time_zone import time_zone_of


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time in words, and exactly."""

    text: str
    iso: str


def local_time(at: datetime, zone: str | None) -> LocalTime:
    """Return the time as the winery's clock shows it; UTC where its zone is unknown."""
    there = at.astimezone(zone_of(zone))
    return LocalTime(f"{there.day} {there:%b %Y, %H:%M %Z}", at.isoformat(timespec="seconds"))


def zone_of(name: str | None) -> ZoneInfo:
    """Return the winery's time zone; UTC while it is unknown, or one that no longer exists."""
    return time_zone_of(name or "UTC") or ZoneInfo("UTC")

"""The time zones that exist, by the tz database's names."""

from datetime import datetime
from zoneinfo import ZoneInfo


def time_zone_of(name: str) -> ZoneInfo | None:
    """Return the zone of this name, as in `America/Los_Angeles`; `None` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # An unknown name is a KeyError; an odd one fails as a path or as a file.
        return None


def zone_of(name: str | None) -> ZoneInfo:
    """Return the time zone of this name; UTC for none, or for one that does not exist."""
    return time_zone_of(name or "UTC") or ZoneInfo("UTC")


def start_of_day(now: datetime, zone: str | None) -> datetime:
    """Return the last midnight in the zone of this name; in UTC if there is none."""
    local = now.astimezone(zone_of(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)

"""The time zones that exist, by the tz database's names."""

from zoneinfo import ZoneInfo


def time_zone_of(name: str) -> ZoneInfo | None:
    """Return the zone of this name, as in `America/Los_Angeles`; `None` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # An unknown name is a KeyError; an odd one fails as a path or as a file.
        return None

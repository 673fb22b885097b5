"""Times as text, in the winery's own zone."""

from datetime import datetime

from msgspec import Struct

from service.domain.shop.dates import moment_of
from service.domain.shop.time_zone import zone_of


class LocalTime(Struct, frozen=True):
    """A time as text, and in ISO 8601."""

    text: str
    iso: str


def local_time(at: datetime, zone: str | None) -> LocalTime:
    """Return the time as the winery's clock shows it; UTC where its zone is unknown."""
    there = at.astimezone(zone_of(zone))
    return LocalTime(moment_of(there), at.isoformat(timespec="seconds"))

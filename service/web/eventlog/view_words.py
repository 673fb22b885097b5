"""A view of the log, and its statuses, in words."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from service.domain.records.log_view import LogView, Show
from service.domain.shop.dates import full_day
from service.domain.shop.time_zone import zone_of

SHOWN: Mapping[Show, str] = MappingProxyType(
    {
        Show.CONVERSIONS: "Conversions",
        Show.WEBSITE: "Website events",
        Show.TESTS: "Tests",
        Show.ALL: "Everything",
    }
)
"""The choices under Show."""

_STATUS_WORDS = {"held": "on hold"}


def status_words(status: str) -> str:
    """Return a status as pages and files show it."""
    return _STATUS_WORDS.get(status, status)


def view_words(view: LogView, *, timezone: str | None) -> str:
    """Return the view's filters: `Conversions, status error, from Aug 1, 2026`."""
    zone = zone_of(timezone)
    first = view.since.astimezone(zone) if view.since else None
    last = (view.until - timedelta(seconds=1)).astimezone(zone) if view.until else None
    parts = (
        SHOWN[view.show],
        view.event,
        view.status and f"status {status_words(view.status)}",
        view.channel and f"channel {view.channel}",
        first and f"from {full_day(first)}",
        last and f"to {full_day(last)}",
        view.object and f"search “{view.object}”",
    )
    return ", ".join(each for each in parts if each)

"""A view of the log as the query of an address, and back."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from service.domain.events.event import EventName
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.domain.shop.signal import ObjectKind
from service.domain.shop.time_zone import zone_of

EVENT_PATH = "/activity/event"
"""The address of an event's own page; its key is in the query."""

_MOST_CHARACTERS, _LONGEST_LINK = 80, 600
_ID = re.compile(r"[0-9A-Fa-f-]{36}")
# A row prints "Order #1001", which is copied as it is, or typed as "order 1001".
_AS_PRINTED = re.compile(rf"^(?:(?:{'|'.join(ObjectKind)})\b)?\s*#?\s*(?=\S)", re.IGNORECASE)

Word = TypeVar("Word", bound=StrEnum)


def view_in(asked: Mapping[str, str], *, timezone: str | None) -> LogView:
    """Return the view in an address; a malformed filter is ignored.

    Days are whole days in the winery's time zone.
    """
    zone = zone_of(timezone)
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    return LogView(
        show=_word(Show, asked.get("show")) or Show.CONVERSIONS,
        event=_word(EventName, asked.get("event")),
        status=_word(Status, asked.get("status")),
        channel=_word(Channel, asked.get("channel")),
        since=_midnight(first, zone) if first else None,
        until=_midnight(last + timedelta(days=1), zone) if last else None,
        object=_object(asked.get("object", "")),
    )


def query_of(view: LogView, *, timezone: str | None, **more: str) -> str:
    """Return the view as the query of an address, without default values."""
    zone = zone_of(timezone)
    until = view.until - timedelta(seconds=1) if view.until else None
    words = {
        "show": view.show if view.show is not Show.CONVERSIONS else "",
        "event": view.event or "",
        "status": view.status or "",
        "channel": view.channel or "",
        "from": view.since.astimezone(zone).date().isoformat() if view.since else "",
        "to": until.astimezone(zone).date().isoformat() if until else "",
        "object": view.object,
        **more,
    }
    return urlencode({name: word for name, word in words.items() if word})


def linked_event(text: str) -> str:
    """Return the key of the event whose own page this link opens; empty for any other text."""
    try:
        asked = parse_qs(urlsplit(text.strip()[:_LONGEST_LINK]).query)
    except ValueError:
        return ""
    is_event = asked.get("tab") == [EVENT_PATH.removeprefix("/")]
    return asked.get("key", [""])[0] if is_event else ""


def _object(text: str) -> str:
    """Return the requested number or id; ids become lower case."""
    bare = _AS_PRINTED.sub("", text.strip())[:_MOST_CHARACTERS]
    return bare.lower() if _ID.fullmatch(bare) else bare


def _word(kind: type[Word], text: str | None) -> Word | None:
    return next((word for word in kind if word.value == text), None)


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    # A year at the edge of the calendar has no next day, or no time in another zone.
    return day if 1 < day.year < 9999 else None  # noqa: PLR2004 - the calendar's edges


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)

"""How Commerce7 is asked for what has changed since a time, page by page. Pure.

Reference: Commerce7 developer documentation, "Commerce7 APIs" (cursors, and numbered pages, which
are slowed down beyond the hundredth), "Orders" (a filter takes a day) and "App APIs & Webhooks"
(the log of webhooks). That a filter also takes a time, and goes together with a cursor, is not
documented. So each way of asking is tried from the most exact one on, and given up for the next one
once Commerce7 refuses it or does not heed the filter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import quote

from msgspec import Struct

from service.commerce7.fields import Fields
from service.commerce7.payload import Payload
from service.commerce7.wire import (
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
)
from service.domain.copies import replace
from service.domain.shop.signal import Fact, ObjectKind
from service.ports import ShopPage

PAGE_SIZE = 50
"""The most entries of a page."""

_FAST_PAGES, _SLOW_PAGE = 100, timedelta(seconds=60)
_MOST_PAGES = 1000
_START = "start"
_DAY = timedelta(days=1)


class Way(Enum):
    """A way of asking for a list; the values are parts of places."""

    CURSOR = "cursor"
    PAGE = "page"
    DAY = "day"


class ListName(Struct, frozen=True, kw_only=True):
    """A list: its address, the name of the entries in an answer, and the ways to ask for it."""

    path: str
    entries: str
    ways: tuple[Way, ...] = (Way.CURSOR, Way.PAGE, Way.DAY)
    filters: str = ""


LISTS: Mapping[ObjectKind, tuple[ListName, Callable[[Payload], Fact]]] = {
    ObjectKind.ORDER: (ListName(path="order", entries="orders"), parse_order),
    ObjectKind.MEMBERSHIP: (
        ListName(path="club-membership", entries="clubMemberships"),
        parse_membership,
    ),
    ObjectKind.RESERVATION: (
        ListName(path="reservation", entries="reservations"),
        parse_reservation,
    ),
    ObjectKind.CUSTOMER: (ListName(path="customer", entries="customers"), parse_customer),
}
"""Each kind's list, and its parser."""

FAILED_WEBHOOKS = ListName(
    path="web-hook-log",
    entries="webHookLogs",
    ways=(Way.PAGE, Way.DAY),
    filters="isSuccess=false&",
)


class Place(Struct, frozen=True, kw_only=True):
    """A page of a list: the way of asking, and its cursor or number."""

    way: Way
    at: str

    def __str__(self) -> str:
        return f"{self.way.value}:{self.at}"


def first_place(way: Way) -> Place:
    """Return the place of the first page."""
    return Place(way=way, at=_START if way is Way.CURSOR else "1")


def place_of(text: str, *, first: Way) -> Place:
    """Return the place that was printed so; the first page for an empty or unknown text."""
    way, _, at = text.partition(":")
    known = next((each for each in Way if each.value == way), None)
    if known is None or not at or (known is not Way.CURSOR and not at.isdecimal()):
        return first_place(first)
    return Place(way=known, at=at)


def address(name: ListName, place: Place, *, since: datetime) -> str:
    """Return the address of this page, with its query."""
    start = since.astimezone(UTC)
    is_day = place.way is Way.DAY
    # Commerce7's own times have milliseconds.
    at = f"{start:%Y-%m-%d}" if is_day else f"{start:%Y-%m-%dT%H:%M:%S}.{start:%f}"[:-3] + "Z"
    which = "cursor" if place.way is Way.CURSOR else "page"
    page = f"limit={PAGE_SIZE}&{which}={quote(place.at, safe='')}"
    return f"{name.path}?{name.filters}updatedAt=gte:{at}&{page}"


def _next_place(place: Place, answer: Fields, *, entries: int) -> tuple[str, timedelta]:
    """Return the place of the next page, empty at the end, and the pause before it."""
    if place.way is Way.CURSOR:
        cursor = answer.text("cursor")
        has_next = entries > 0 and cursor not in {None, place.at}
        return (str(replace(place, at=cursor or "")) if has_next else ""), timedelta(0)
    number = int(place.at) + 1
    if entries < PAGE_SIZE or number > _MOST_PAGES:
        return "", timedelta(0)
    rest = _SLOW_PAGE if number > _FAST_PAGES else timedelta(0)
    return str(replace(place, at=str(number))), rest


def page_of(
    answer: Fields, entries: Sequence[Fields], at: Place, *, since: datetime
) -> ShopPage[Fields]:
    """Return the entries of the answer that were changed at that time or later."""
    following, rest = _next_place(at, answer, entries=len(entries))
    times = ((each, each.instant("updatedAt")) for each in entries)
    total = answer.number("total")
    return ShopPage(
        items=[each for each, changed_at in times if changed_at is None or changed_at >= since],
        following=following,
        rest=rest,
        total=int(total) if total is not None else None,
    )


def heeds_filter(entries: Iterable[Fields], *, since: datetime) -> bool:
    """Tell whether all entries are as young as the filter asked for, to a day."""
    times = (each.instant("updatedAt") for each in entries)
    return all(at is None or at > since - _DAY for at in times)


class Ways:
    """The ways in which each list is asked for, as Commerce7 has taken them so far.

    Threads share it: at worst two of them find out the same.
    """

    def __init__(self) -> None:
        self._given_up: dict[str, int] = {}

    def best(self, name: ListName) -> Way:
        """Return the way in which to ask for the list."""
        return name.ways[self._given_up.get(name.path, 0)]

    def give_up(self, name: ListName, way: Way) -> Way | None:
        """Return the way to ask instead of this one, from now on; `None` after the last one."""
        following = name.ways.index(way) + 1 if way in name.ways else 0
        if following >= len(name.ways):
            return None
        self._given_up[name.path] = following
        return name.ways[following]

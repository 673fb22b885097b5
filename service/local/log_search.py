"""The rows of a view of the log, in SQLite.

The rows of one family, event, channel and status are a group, which an index holds in the order of
the log. A log has some hundred groups at most, however long it is. So a view is read group by group
and merged, and costs the same in a long log as in a short one.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

from service.domain.records.log_view import LogGroup, LogView
from service.local.file import stamp

Place = tuple[str, str]
"""A row's time of receipt, as stamped, and its key; an earlier row's place is less."""

Row = tuple[bytes, int, str, str]
"""A row's document, its revision, and its place."""

_PLACE = itemgetter(2, 3)
_GROUP = "family, event, channel, status"
# Leaps over the rows of a group, whose times of receipt all sort before a tilde.
_NEXT_GROUP = (
    f"SELECT {_GROUP} FROM events INDEXED BY events_of_group"  # noqa: S608 - our own words
    " WHERE tenant_id = ? AND received_at IS NOT NULL"
    f" AND ({_GROUP}, received_at) > (?, ?, ?, ?, '~')"
    f" ORDER BY {_GROUP}, received_at LIMIT 1"
)
_IN_GROUP = (
    " FROM events INDEXED BY events_of_group WHERE tenant_id = ?"
    " AND family = ? AND event = ? AND channel = ? AND status = ? AND received_at >= ?"
)
_ROWS = (
    f"SELECT doc, revision, received_at, key{_IN_GROUP}"
    " AND (received_at, key) < (?, ?) ORDER BY received_at DESC, key DESC"
)
_NUMBER = f"SELECT COUNT(*) FROM (SELECT 1{_IN_GROUP} AND received_at < ? LIMIT ?)"  # noqa: S608 - our own words

# UNION uses an index for each part; with OR, SQLite would scan the whole log.
_OF_OBJECT = " UNION ".join(
    f"SELECT rowid FROM events WHERE tenant_id = ?1 AND {term} = ?2 AND received_at IS NOT NULL"  # noqa: S608 - our own words
    for term in ("object_id", "object_number", "event_id")
)
_ROWS_OF_OBJECT = (
    f"SELECT {_GROUP}, doc, revision, received_at, key FROM events"  # noqa: S608 - our own words
    f" WHERE rowid IN ({_OF_OBJECT}) AND received_at >= ?3 AND (received_at, key) < (?4, ?5)"
    " ORDER BY received_at DESC, key DESC"
)


def rows_of(
    db: sqlite3.Connection, tenant_id: str, view: LogView, *, start: Place, limit: int
) -> list[Row]:
    """Return the rows of the view before this place, the newest first."""
    since = stamp(view.since) or ""
    rows: Iterable[Row]
    if view.object:
        rows = (row[4:] for row in _rows_of_object(db, tenant_id, view, since=since, start=start))
    else:
        groups = _groups(db, tenant_id, view)
        found: list[Iterator[Row]] = [
            db.execute(_ROWS, (tenant_id, *group, since, *start)) for group in groups
        ]
        rows = merge(*found, key=_PLACE, reverse=True)
    return list(islice(rows, limit))


def numbers_of(
    db: sqlite3.Connection, tenant_id: str, view: LogView, *, most: int | None
) -> Counter[str]:
    """Return how many rows of the view show each status, `most` at most."""
    since, until = stamp(view.since) or "", stamp(view.until) or "~"
    numbers: Counter[str] = Counter()
    if view.object:
        rows = _rows_of_object(db, tenant_id, view, since=since, start=(until, ""))
        numbers.update(row[3] for row in rows)
    else:
        for group in _groups(db, tenant_id, view):
            # A negative limit is none (SQLite: SELECT).
            limit = -1 if most is None else most - numbers[group[3]]
            values = (tenant_id, *group, since, until, limit)
            numbers[group[3]] += db.execute(_NUMBER, values).fetchone()[0]
    if most is not None:
        numbers = Counter({status: min(number, most) for status, number in numbers.items()})
    return numbers


def _groups(db: sqlite3.Connection, tenant_id: str, view: LogView) -> Iterator[LogGroup]:
    """Yield the groups of the log that the view shows."""
    group: LogGroup = ("", "", "", "")
    while found := db.execute(_NEXT_GROUP, (tenant_id, *group)).fetchone():
        group = found
        if view.shows_group(group):
            yield group


def _rows_of_object(
    db: sqlite3.Connection, tenant_id: str, view: LogView, *, since: str, start: Place
) -> Iterator[tuple[Any, ...]]:
    """Yield the few rows of the view's object, each behind the four words of its group."""
    rows = db.execute(_ROWS_OF_OBJECT, (tenant_id, view.object, since, *start))
    return (row for row in rows if view.shows_group(row[:4]))

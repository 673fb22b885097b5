"""The row of a record in the SQLite file: its document, and the columns to find it by."""

import sqlite3

from service.domain.records.counting import final_status
from service.domain.records.record import EventRecord
from service.local.file import stamp
from service.ports import Stored

# Counted in the file, since the writer may have read its clock long ago.
_NEXT_CHANGE = "(SELECT COALESCE(MAX(change), 0) + 1 FROM events WHERE tenant_id = ?)"
_STATE = ("expires_at", "due_at", "queued_since", "waiting_since", "status", "doc")
_NAMES = (
    "received_at",
    "family",
    "event",
    "channel",
    "object_id",
    "object_number",
    "event_id",
)
"""By what a row is found. Most steps of a record change none of it; SQLite writes the index of a
column that it is told to set even so."""
COLUMNS = (*_STATE, *_NAMES)
"""The columns of `values_of`."""

_INSERT = (
    "INSERT INTO events"  # noqa: S608 - our own words
    f" (tenant_id, key, revision, change, final_place, {', '.join(COLUMNS)})"
    f" VALUES (?, ?, 1, {_NEXT_CHANGE}, ?{', ?' * len(COLUMNS)}) ON CONFLICT DO NOTHING"
)
_UPDATE = (
    f"UPDATE events SET revision = ?, change = {_NEXT_CHANGE},"  # noqa: S608 - our own words
    f" final_place = COALESCE(?, CASE WHEN ? THEN final_place END), {' = ?, '.join(_STATE)} = ?"
)
_WHERE = " WHERE tenant_id = ? AND key = ? AND revision = ?"
_UPDATE_STATE = _UPDATE + _WHERE
_UPDATE_ALL = f"{_UPDATE}, {' = ?, '.join(_NAMES)} = ?{_WHERE}"


def added(db: sqlite3.Connection, record: EventRecord, document: bytes) -> bool:
    """Insert the record's row, and tell whether its key was free."""
    place = _next_place(db, record.tenant_id) if final_status(record) else None
    keys = (record.tenant_id, record.key, record.tenant_id, place)
    return bool(db.execute(_INSERT, (*keys, *values_of(record, document))).rowcount)


def replaced(db: sqlite3.Connection, stored: Stored, after: Stored) -> Stored | None:
    """Overwrite the row, unless it was written since `stored` was read."""
    record, status = after.record, final_status(after.record)
    is_new = status and status is not final_status(stored.record)
    place = _next_place(db, record.tenant_id) if is_new else None
    names = _names(record)
    is_renamed = names != _names(stored.record)
    written = db.execute(
        _UPDATE_ALL if is_renamed else _UPDATE_STATE,
        (
            *(int(after.revision), record.tenant_id, place, bool(status)),
            *_state(record, after.document),
            *(names if is_renamed else ()),
            *(record.tenant_id, record.key, int(stored.revision)),
        ),
    ).rowcount
    return after if written else None


def values_of(record: EventRecord, document: bytes) -> tuple[str | bytes | None, ...]:
    """Return the values of the columns for this record, whose `document` is encoded already."""
    return (*_state(record, document), *_names(record))


def _next_place(db: sqlite3.Connection, tenant_id: str) -> int:
    # Not counted in the events: the last of them may have been dropped, and its number taken again.
    (place,) = db.execute(
        "INSERT INTO final_places VALUES (?, 1)"
        " ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (tenant_id,),
    ).fetchone()
    return int(place)


def _state(record: EventRecord, document: bytes) -> tuple[str | bytes | None, ...]:
    return (
        stamp(record.expires_at),
        stamp(record.due_at),
        stamp(record.queued_since),
        stamp(record.waiting_since),
        record.status,
        document,
    )


def _names(record: EventRecord) -> tuple[str | None, ...]:
    # A cleared record is not in the log, so it has no values to be found by.
    is_shown = not record.cleared
    return (
        stamp(record.received_at) if is_shown else None,
        record.family if is_shown else None,
        record.name if is_shown else None,
        record.channel or "",
        record.object_id,
        record.object_number,
        record.event_id,
    )

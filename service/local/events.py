"""The event log in the SQLite file."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from service.domain.records.log_view import LogView, counted_views
from service.domain.records.record import EventRecord, Status
from service.infra import json_documents
from service.infra.json_documents import DocumentReader, UnreadableDocumentError, encode
from service.local.event_rows import added, replaced
from service.local.file import SqliteFile, stamp
from service.local.log_search import Place, Row, numbers_of, rows_of
from service.ports import Cursor, Final, Stored

_RECORD = DocumentReader(EventRecord)
log = logging.getLogger(__name__)


class SqliteEvents:
    """Port `Events`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; `None` if its key exists. The primary key is the lock."""
        document = encode(record)
        is_new = self._file.change(lambda db: added(db, record, document))
        return Stored(record, "1", document) if is_new else None

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record with this key."""
        return self.find_all(tenant_id, [key]).get(key)

    def find_all(self, tenant_id: str, keys: Collection[str]) -> Mapping[str, Stored]:
        """Return the tenant's records with these keys, by key."""
        marks = ", ".join("?" * len(keys))
        with self._file.read() as db:
            rows = db.execute(
                f"SELECT doc, revision FROM events WHERE tenant_id = ? AND key IN ({marks})",  # noqa: S608 - marks
                (tenant_id, *keys),
            ).fetchall()
        return {each.record.key: each for each in _readable(rows)}

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored`, unless it was written since."""
        return self.replace_all([(stored, record)])[0]

    def replace_all(self, changes: Sequence[tuple[Stored, EventRecord]]) -> Sequence[Stored | None]:
        """Write each record over its `stored`, unless it was written since."""
        pairs = [(stored, _next(stored, record)) for stored, record in changes]
        return self._file.change(lambda db: [replaced(db, *pair) for pair in pairs])

    def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Return records of any tenant whose `due_at` has come, the most overdue first."""
        with self._file.read() as db:
            statement = "SELECT doc, revision FROM events WHERE due_at <= ? ORDER BY due_at LIMIT ?"
            rows = db.execute(statement, (stamp(now), limit)).fetchall()
        return list(_readable(rows))

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that are not cleared, newest first by receipt."""
        with self._file.read() as db:
            rows = db.execute(
                "SELECT doc, revision FROM events WHERE tenant_id = ? AND received_at IS NOT NULL"
                " ORDER BY received_at DESC, key DESC LIMIT ?",
                (tenant_id, limit),
            ).fetchall()
        return list(_readable(rows))

    def page(
        self, tenant_id: str, view: LogView, *, after: Cursor | None, limit: int
    ) -> Sequence[Stored]:
        """Return the tenant's log rows in this view after the cursor, newest first by receipt."""

        def rows_before(place: Place) -> list[Row]:
            with self._file.read() as db:
                return rows_of(db, tenant_id, view, start=place, limit=limit)

        # The earlier of the cursor and the period's end, so that a page begins within its period.
        until = (stamp(view.until) or "~", "")
        start = min(until, _place(after) or until)
        return _readable_rows(rows_before, start=start, limit=limit)

    def last_change(self, tenant_id: str) -> str | None:
        """Return an etag of the tenant's log, different after every change."""
        with self._file.read() as db:
            row = db.execute(
                "SELECT change, key, revision FROM events WHERE tenant_id = ?"
                " ORDER BY change DESC LIMIT 1",
                (tenant_id,),
            ).fetchone()
        return " ".join(map(str, row)) if row else None

    def open(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `due_at` after the cursor, by `due_at` and key."""
        return self._by_time("due_at", tenant_id, after=after, limit=limit)

    def waiting(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a waiting delivery, the longest waiting first."""
        return self._by_time("waiting_since", tenant_id, after=after, limit=limit)

    def longest_queued(self, tenant_id: str) -> Stored | None:
        """Return the tenant's record with the earliest `queued_since`."""
        found = self._by_time("queued_since", tenant_id, after=None, limit=1)
        return found[0] if found else None

    def idle(self, tenant_id: str, *, received_before: datetime, limit: int) -> Sequence[Stored]:
        """Return the tenant's log rows received before then and not due, the oldest first."""
        statement = (
            "SELECT doc, revision, received_at, key FROM events WHERE tenant_id = ?"
            " AND due_at IS NULL AND received_at < ? AND (received_at, key) > (?, ?)"
            " ORDER BY received_at, key LIMIT ?"
        )
        before = (tenant_id, stamp(received_before))
        return self._readable_from(statement, before, start=("", ""), limit=limit)

    def final(
        self, tenant_id: str, *, after: str | None, now: datetime, limit: int
    ) -> Sequence[Final]:
        """Return the tenant's records that count behind this mark: the number of their place.

        Places are given within the transaction that writes the record, so `now` is not needed.
        """
        del now
        with self._file.read() as db:
            rows = db.execute(
                "SELECT doc, revision, final_place FROM events"
                " WHERE tenant_id = ? AND final_place > ? ORDER BY final_place LIMIT ?",
                (tenant_id, int(after or 0), limit),
            ).fetchall()
        read = ((next(_readable([row[:2]]), None), row[2]) for row in rows)
        return [Final(each.record if each else None, str(place)) for each, place in read]

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired bare locks of any tenant, and return how many."""
        expired = "SELECT rowid FROM events WHERE expires_at <= ? LIMIT ?"
        statement = f"DELETE FROM events WHERE rowid IN ({expired})"  # noqa: S608 - our own words
        return self._file.change(lambda db: db.execute(statement, (stamp(now), limit)).rowcount)

    def count(
        self, tenant_id: str, view: LogView | None = None, *, most: int | None = None
    ) -> Mapping[Status, int]:
        """Return how many of the tenant's log rows show each status, `most` at most."""
        numbers: Counter[str] = Counter()
        with self._file.read() as db:
            for each in counted_views(view):
                numbers += numbers_of(db, tenant_id, each, most=most)
        return {status: numbers[status] for status in Status if numbers[status]}

    def count_in(self, tenant_id: str, view: LogView, *, most: int | None = None) -> int:
        """Return how many of the tenant's log rows are in this view, `most` at most."""
        with self._file.read() as db:
            number = numbers_of(db, tenant_id, view, most=most).total()
        return number if most is None else min(number, most)

    def ping(self) -> None:
        """Return if the file answers."""
        with self._file.read() as db:
            db.execute("SELECT 1 FROM tenants LIMIT 1").fetchone()

    def _by_time(
        self, column: str, tenant_id: str, *, after: Cursor | None, limit: int
    ) -> list[Stored]:
        """Return the records with this time after the cursor, by time and key."""
        statement = (
            f"SELECT doc, revision, {column}, key FROM events"  # noqa: S608 - a name of ours
            f" WHERE tenant_id = ? AND {column} IS NOT NULL AND ({column}, key) > (?, ?)"
            f" ORDER BY {column}, key LIMIT ?"
        )
        start = _place(after) or ("", "")
        return self._readable_from(statement, (tenant_id,), start=start, limit=limit)

    def _readable_from(
        self, statement: str, values: tuple[object, ...], *, start: Place, limit: int
    ) -> list[Stored]:
        def rows_after(place: Place) -> list[Row]:
            with self._file.read() as db:
                return db.execute(statement, (*values, *place, limit)).fetchall()

        return _readable_rows(rows_after, start=start, limit=limit)


def _place(cursor: Cursor | None) -> Place | None:
    return (stamp(cursor.at) or "", cursor.key) if cursor else None


def _readable_rows(
    rows_after: Callable[[Place], Sequence[Row]], *, start: Place, limit: int
) -> list[Stored]:
    """Return up to `limit` readable records, reading on past unreadable ones."""
    found: list[Stored] = []
    while len(found) < limit:
        rows = rows_after(start)
        found += _readable([(doc, revision) for doc, revision, _, _ in rows])
        if len(rows) < limit:
            break
        start = rows[-1][2:]
    return found[:limit]


def _readable(rows: Sequence[tuple[bytes, int]]) -> Iterator[Stored]:
    # A newer release's record, left by a rollback, must not stop the work on the others.
    for document, revision in rows:
        try:
            record = _RECORD.read(document)
        except UnreadableDocumentError:
            log.warning("record.unreadable")
            continue
        yield Stored(record, str(revision), document)


def _document(record: EventRecord, *, over: Stored) -> bytes:
    # An erased record keeps nothing of the old document, not even a newer release's fields.
    if record.cleared:
        return encode(record)
    return json_documents.encode_over(record, over.document, known=over.record)


def _next(stored: Stored, record: EventRecord) -> Stored:
    return Stored(record, str(int(stored.revision) + 1), _document(record, over=stored))

"""The event log in Firestore: `tenants/{tenantId}/events/{key}`.

The record is JSON in one field without an index; the other fields exist only for queries.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from service.domain.records.counting import final_status
from service.domain.records.log_view import LogView, views_by_status
from service.domain.records.record import EventRecord, Status
from service.gcp import queries
from service.gcp.document_store import Documents, Found, Path, Replacement
from service.gcp.documents import TIME_OF_WRITING
from service.gcp.queries import EVENTS, TENANTS
from service.infra import json_documents
from service.infra.json_documents import DocumentReader, UnreadableDocumentError, encode
from service.ports import Cursor, Final, Stored

_RECORD = DocumentReader(EventRecord)
SETTLED_AFTER = timedelta(seconds=30)
"""After which no record can be written any more with an earlier `TIME_OF_WRITING`.

Firestore takes that time when it begins with a write, which `documents.py` gives up after seconds.
"""

log = logging.getLogger(__name__)


class FirestoreEvents:
    """Port `Events`. A record's revision is the time of its last update, as Firestore keeps it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; `None` if its key exists. Firestore's `create` is the lock."""
        document = encode(record)
        fields = _fields(record, document, was=None)
        revision = self._documents.create(_path(record.tenant_id, record.key), fields)
        return Stored(record, revision, document) if revision else None

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record with this key."""
        found = self._documents.get(_path(tenant_id, key))
        return next(_readable([found]), None) if found else None

    def find_all(self, tenant_id: str, keys: Collection[str]) -> Mapping[str, Stored]:
        """Return the tenant's records with these keys, by key."""
        found = self._documents.get_all([_path(tenant_id, key) for key in keys])
        return {each.record.key: each for each in _readable(found)}

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored`, unless it was written since."""
        path = _path(stored.record.tenant_id, stored.record.key)
        document = _document(record, over=stored)
        fields = _fields(record, document, was=stored.record)
        revision = self._documents.replace(path, fields, revision=stored.revision)
        return Stored(record, revision, document) if revision else None

    def replace_all(self, changes: Sequence[tuple[Stored, EventRecord]]) -> Sequence[Stored | None]:
        """Write each record over its `stored`, unless it was written since."""
        documents = [_document(record, over=stored) for stored, record in changes]
        wanted = [
            Replacement(
                path=_path(stored.record.tenant_id, stored.record.key),
                fields=_fields(record, document, was=stored.record),
                revision=stored.revision,
            )
            for (stored, record), document in zip(changes, documents, strict=True)
        ]
        revisions = self._documents.replace_all(wanted)
        return [
            Stored(record, revision, document) if revision else None
            for (_, record), revision, document in zip(changes, revisions, documents, strict=True)
        ]

    def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Return records of any tenant whose `due_at` has come, the most overdue first."""
        return self._read(queries.events_due(now=now, limit=limit))

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that are not cleared, newest first by receipt."""
        return self._read(queries.events_newest(tenant_id, limit=limit))

    def page(
        self, tenant_id: str, view: LogView, *, after: Cursor | None, limit: int
    ) -> Sequence[Stored]:
        """Return the tenant's log rows in this view after the cursor, newest first by receipt."""
        start = (after.at, after.key) if after else None
        ask = partial(queries.events_in, tenant_id, view, limit=limit)
        shows = view.shows if view.object else None
        return self._readable_from(ask, "received_at", start=start, limit=limit, shows=shows)

    def last_change(self, tenant_id: str) -> str | None:
        """Return an etag of the tenant's log, different after every change."""
        found = self._documents.find(queries.last_change(tenant_id))
        return f"{found[0].path[-1]} {found[0].revision}" if found else None

    def open(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `due_at` after the cursor, by `due_at` and key."""
        start = (after.at, after.key) if after else None
        ask = partial(queries.events_open, tenant_id, limit=limit)
        return self._readable_from(ask, "due_at", start=start, limit=limit)

    def waiting(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a waiting delivery, the longest waiting first."""
        start = (after.at, after.key) if after else None
        ask = partial(queries.events_waiting, tenant_id, limit=limit)
        return self._readable_from(ask, "waiting_since", start=start, limit=limit)

    def longest_queued(self, tenant_id: str) -> Stored | None:
        """Return the tenant's record with the earliest `queued_since`."""
        ask = partial(queries.events_queued, tenant_id, limit=1)
        found = self._readable_from(ask, "queued_since", start=None, limit=1)
        return found[0] if found else None

    def idle(self, tenant_id: str, *, received_before: datetime, limit: int) -> Sequence[Stored]:
        """Return the tenant's log rows received before then and not due, the oldest first."""
        ask = partial(queries.events_received_before, tenant_id, received_before, limit=limit)
        return self._readable_from(ask, "received_at", start=None, limit=limit, but_not="due_at")

    def final(
        self, tenant_id: str, *, after: str | None, now: datetime, limit: int
    ) -> Sequence[Final]:
        """Return the tenant's records that count behind this mark: the time of writing, and key."""
        query = queries.events_final(
            tenant_id,
            until=now - SETTLED_AFTER,
            after=_place(after) if after else None,
            limit=limit,
        )
        found = self._documents.find(query)
        read = ((next(_readable([each]), None), _mark(each)) for each in found)
        return [Final(each.record if each else None, mark) for each, mark in read]

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired bare locks of any tenant, and return how many."""
        expired = self._documents.find(queries.locks_expired(now=now, limit=limit))
        self._documents.delete([each.path for each in expired])
        return len(expired)

    def count(
        self, tenant_id: str, view: LogView | None = None, *, most: int | None = None
    ) -> Mapping[Status, int]:
        """Return how many of the tenant's log rows show each status, `most` at most."""
        found = self._of_object(tenant_id, view) if view and view.object else None

        def number_of(view: LogView) -> int:
            if found is None:
                return self.count_in(tenant_id, view, most=most)
            number = sum(map(view.shows, found))
            return number if most is None else min(number, most)

        numbers = {
            status: sum(map(number_of, views)) for status, views in views_by_status(view).items()
        }
        return {status: number for status, number in numbers.items() if number}

    def count_in(self, tenant_id: str, view: LogView, *, most: int | None = None) -> int:
        """Return how many of the tenant's log rows are in this view, `most` at most."""
        if view.object:
            number = sum(map(view.shows, self._of_object(tenant_id, view)))
            return number if most is None else min(number, most)
        query = queries.events_in(tenant_id, view, after=None, limit=most)
        return self._documents.count(query)

    def _of_object(self, tenant_id: str, view: LogView) -> list[EventRecord]:
        """Return all records of the view's object.

        An object has few: the view's other filters are applied to them, not by an index.
        """
        query = queries.events_in(tenant_id, view, after=None, limit=None)
        return [each.record for each in self._read(query)]

    def ping(self) -> None:
        """Return if Firestore answers."""
        self._documents.get((TENANTS, "ping"))

    def _readable_from(
        self,
        ask: Callable[..., queries.Query],
        field: str,
        *,
        start: tuple[datetime, str] | None,
        limit: int,
        but_not: str = "",
        shows: Callable[[EventRecord], bool] | None = None,
    ) -> list[Stored]:
        """Return up to `limit` readable records, reading on past those that are skipped."""
        kept: list[Stored] = []
        while len(kept) < limit:
            page = self._documents.find(ask(after=start))
            readable = _readable([each for each in page if but_not not in each.fields])
            kept += [each for each in readable if shows is None or shows(each.record)]
            if len(page) < limit:
                break
            start = (page[-1].fields[field], page[-1].path[-1])
        return kept[:limit]

    def _read(self, query: queries.Query) -> list[Stored]:
        return list(_readable(self._documents.find(query)))


def _path(tenant_id: str, key: str) -> Path:
    return (TENANTS, tenant_id, EVENTS, key)


def _fields(record: EventRecord, document: bytes, *, was: EventRecord | None) -> dict[str, Any]:
    in_log = {
        "received_at": record.received_at,
        "family": str(record.family),
        "event": str(record.name),
        "channel": record.channel,
        "objects": list(record.search_terms) or None,
    }
    return {
        "doc": document.decode(),
        "status": str(record.status),
        # A cleared record is not in the log, so it has no fields to be found by.
        **(dict.fromkeys(in_log) if record.cleared else in_log),
        # Firestore's clock: the writer may have read its own long ago.
        "updated_at": TIME_OF_WRITING,
        "due_at": record.due_at,
        "queued_since": record.queued_since,
        "waiting_since": record.waiting_since,
        "expires_at": record.expires_at,
        **_final_at(record, was=was),
    }


def _final_at(record: EventRecord, *, was: EventRecord | None) -> dict[str, Any]:
    """Return the field of a record's place among those that count; it is kept if not named."""
    status = final_status(record)
    if status is None:
        return {"final_at": None}
    is_new = was is None or final_status(was) is not status
    return {"final_at": TIME_OF_WRITING} if is_new else {}


def _mark(found: Found) -> str:
    return f"{found.fields['final_at'].isoformat()} {found.path[-1]}"


def _place(mark: str) -> tuple[datetime, str]:
    at, _, key = mark.partition(" ")
    return datetime.fromisoformat(at), key


def _readable(found: Sequence[Found]) -> Iterator[Stored]:
    # A newer release's record, left by a rollback, must not stop the work on the others.
    for each in found:
        document = str(each.fields.get("doc", "")).encode()
        try:
            record = _RECORD.read(document)
        except UnreadableDocumentError:
            log.warning("record.unreadable", extra={"tenant": each.path[1], "key": each.path[-1]})
            continue
        yield Stored(record, each.revision, document)


def _document(record: EventRecord, *, over: Stored) -> bytes:
    # An erased record keeps nothing of the old document, not even a newer release's fields.
    if record.cleared:
        return encode(record)
    return json_documents.encode_over(record, over.document, known=over.record)

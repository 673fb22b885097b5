"""All of our Firestore queries, each a plain value.

Firestore answers a query only if an index fits it; its emulator answers any. So
`tests/architecture/test_indexes.py` calls each function here and looks for an index in
`firestore.indexes.json`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct

from service.domain.records.log_view import LogView

ID = "__name__"
UP, DOWN = "ASCENDING", "DESCENDING"

TENANTS, SECRETS, EVENTS, SIGNALS = "tenants", "secrets", "events", "signals"
AUDIT, JOBS = "audit", "jobs"
ORIGINS = "origins"
QUALITY, DAYS = "quality", "days"


class Query(Struct, frozen=True, kw_only=True):
    """A query: a collection, or the `group` of all collections of that name.

    `after` holds the values of the `order`'s fields, the document's id last.
    """

    collection: tuple[str, ...]
    group: bool = False
    where: tuple[tuple[str, str, Any], ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    after: tuple[Any, ...] | None = None
    limit: int | None = None
    only_ids: bool = False


def all_tenants() -> Query:
    """Every tenant's id."""
    return Query(collection=(TENANTS,), order=((ID, UP),), only_ids=True)


def tenants_due(field: str, *, now: datetime, limit: int | None) -> Query:
    """Tenants for which something is due; `field` holds the due time."""
    return Query(
        collection=(TENANTS,),
        where=((field, "<=", now),),
        order=((field, UP),),
        limit=limit,
        only_ids=True,
    )


def events_due(*, now: datetime, limit: int) -> Query:
    """Records of any tenant whose `due_at` has come."""
    return Query(
        collection=(EVENTS,),
        group=True,
        where=(("due_at", "<=", now),),
        order=(("due_at", UP),),
        limit=limit,
    )


def events_open(tenant_id: str, *, after: tuple[datetime, str] | None, limit: int) -> Query:
    """A tenant's records with a `due_at`."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        order=(("due_at", UP), (ID, UP)),
        after=after,
        limit=limit,
    )


def events_waiting(tenant_id: str, *, after: tuple[datetime, str] | None, limit: int) -> Query:
    """A tenant's records with a waiting delivery, the longest waiting first."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        order=(("waiting_since", UP), (ID, UP)),
        after=after,
        limit=limit,
    )


def events_queued(tenant_id: str, *, after: tuple[datetime, str] | None, limit: int) -> Query:
    """A tenant's records that are under way, the longest queued first."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        order=(("queued_since", UP), (ID, UP)),
        after=after,
        limit=limit,
    )


def events_final(
    tenant_id: str, *, until: datetime, after: tuple[datetime, str] | None, limit: int
) -> Query:
    """A tenant's records that count in its figures, in the order in which they became final."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        where=(("final_at", "<=", until),),
        order=(("final_at", UP), (ID, UP)),
        after=after,
        limit=limit,
    )


def events_newest(tenant_id: str, *, limit: int) -> Query:
    """A tenant's log. A cleared record has no `received_at`, so it is not found."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        order=(("received_at", DOWN), (ID, DOWN)),
        limit=limit,
    )


def events_in(
    tenant_id: str, view: LogView, *, after: tuple[datetime, str] | None, limit: int | None
) -> Query:
    """A tenant's log rows in a view.

    Each equality has an index with this order, and Firestore merges them (Firestore: Index
    overview, "Taking advantage of index merging"). An object has few rows, so the caller applies
    the view's other filters to them.
    """
    period = (("received_at", ">=", view.since), ("received_at", "<", view.until))
    if view.object:
        equal: tuple[tuple[str, str, Any], ...] = (("objects", "array_contains", view.object),)
    else:
        equal = (
            ("family", "==", view.family),
            ("event", "==", view.event),
            ("status", "==", view.status),
            ("channel", "==", view.channel),
        )
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        where=tuple(
            (field, comparison, str(value) if isinstance(value, str) else value)
            for field, comparison, value in (*equal, *period)
            if value is not None
        ),
        order=(("received_at", DOWN), (ID, DOWN)),
        after=after,
        limit=limit,
    )


def last_change(tenant_id: str) -> Query:
    """A tenant's last written record, by Firestore's clock."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        order=(("updated_at", DOWN),),
        limit=1,
        only_ids=True,
    )


def events_received_before(
    tenant_id: str, before: datetime, *, after: tuple[datetime, str] | None, limit: int
) -> Query:
    """A tenant's log rows received before then, the oldest first."""
    return Query(
        collection=(TENANTS, tenant_id, EVENTS),
        where=(("received_at", "<", before),),
        order=(("received_at", UP), (ID, UP)),
        after=after,
        limit=limit,
    )


def locks_expired(*, now: datetime, limit: int) -> Query:
    """Expired bare locks of any tenant."""
    return Query(
        collection=(EVENTS,),
        group=True,
        where=(("expires_at", "<=", now),),
        order=(("expires_at", UP),),
        limit=limit,
        only_ids=True,
    )


def signals_expired(*, now: datetime, limit: int) -> Query:
    """Expired browser signals of any tenant."""
    return Query(
        collection=(SIGNALS,),
        group=True,
        where=(("expires_at", "<=", now),),
        order=(("expires_at", UP),),
        limit=limit,
        only_ids=True,
    )


def signals_marked(tenant_id: str, marks: Collection[str], *, now: datetime, limit: int) -> Query:
    """A tenant's browser signals with any of these marks that expire after `now`.

    Of thirty marks at most (Firestore: Queries).
    """
    return Query(
        collection=(TENANTS, tenant_id, SIGNALS),
        where=(("marks", "array_contains_any", list(marks)), ("expires_at", ">", now)),
        order=(("expires_at", DOWN),),
        limit=limit,
    )


def signals_of(tenant_id: str, *, limit: int) -> Query:
    """A tenant's browser signals."""
    return Query(collection=(TENANTS, tenant_id, SIGNALS), limit=limit, only_ids=True)


def audit_newest(tenant_id: str, *, limit: int) -> Query:
    """A tenant's audit trail, newest first."""
    return Query(
        collection=(TENANTS, tenant_id, AUDIT), order=(("at", DOWN), (ID, DOWN)), limit=limit
    )


def jobs_due(*, now: datetime, limit: int) -> Query:
    """Due jobs of any tenant."""
    return Query(
        collection=(JOBS,),
        group=True,
        where=(("due_at", "<=", now),),
        order=(("due_at", UP),),
        limit=limit,
        only_ids=True,
    )


def jobs_of(tenant_id: str, *, limit: int) -> Query:
    """A tenant's jobs."""
    return Query(collection=(TENANTS, tenant_id, JOBS), limit=limit, only_ids=True)


def days_since(tenant_id: str, day: str) -> Query:
    """A tenant's daily records from this day on, oldest first."""
    return Query(
        collection=(TENANTS, tenant_id, DAYS), where=(("day", ">=", day),), order=(("day", UP),)
    )


def days_before(tenant_id: str, day: str, *, limit: int) -> Query:
    """A tenant's daily records of the days before this one."""
    return Query(
        collection=(TENANTS, tenant_id, DAYS),
        where=(("day", "<", day),),
        order=(("day", UP),),
        limit=limit,
        only_ids=True,
    )


def days_of(tenant_id: str, *, limit: int) -> Query:
    """A tenant's daily records."""
    return Query(collection=(TENANTS, tenant_id, DAYS), limit=limit, only_ids=True)

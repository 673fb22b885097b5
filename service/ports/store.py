"""Ports to the store: the event log, tenants, the audit trail, jobs and browser signals."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from service.domain.records.cursor import Cursor
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.tenant import Due, Role, Tenant


class Stored(Struct, frozen=True):
    """A record as read, with its `revision` (an etag) for a compare-and-swap.

    `document` is the stored text, which may hold fields that this release does not know.
    """

    record: EventRecord
    revision: str
    document: bytes


class Final(Struct, frozen=True):
    """A record that counts as sent or skipped, and the `mark` of its place among these.

    `record` is `None` for one of a newer release.
    """

    record: EventRecord | None
    mark: str


class Events(Protocol):
    """The event log: locks, rows and deliveries. Every method may raise StoreUnavailableError.

    Methods that take `after` return only records behind that cursor.
    """

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; `None` when its key is taken."""
        ...

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record with this key; `None` also for one of a newer release."""
        ...

    def find_all(self, tenant_id: str, keys: Collection[str]) -> Mapping[str, Stored]:
        """Return the tenant's records with these keys, by key, in one round trip.

        Pass some hundreds at most. Records of a newer release are left out.
        """
        ...

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored`; `None` when it has changed or gone since."""
        ...

    def replace_all(self, changes: Sequence[tuple[Stored, EventRecord]]) -> Sequence[Stored | None]:
        """Do each change as `replace` does, in few round trips, and return each one's result.

        A change that loses its compare-and-swap does not affect the others. Pass each record once,
        and some hundreds at most: each hundred may take as long as one `replace`. After a
        StoreUnavailableError some of them may be written.
        """
        ...

    def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Return records of any tenant whose `due_at` has come, the most overdue first."""
        ...

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that are not cleared, newest first by receipt."""
        ...

    def page(
        self, tenant_id: str, view: LogView, *, after: Cursor | None, limit: int
    ) -> Sequence[Stored]:
        """Return the tenant's log rows in this view, newest first by receipt."""
        ...

    def last_change(self, tenant_id: str) -> str | None:
        """Return a mark that differs after every change of the tenant's log."""
        ...

    def open(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `due_at`, ordered by that and the key."""
        ...

    def waiting(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `waiting_since`, ordered by that and the key."""
        ...

    def longest_queued(self, tenant_id: str) -> Stored | None:
        """Return the tenant's record with the earliest `queued_since`."""
        ...

    def idle(self, tenant_id: str, *, received_before: datetime, limit: int) -> Sequence[Stored]:
        """Return the tenant's log rows received before then that are not due, oldest first."""
        ...

    def final(
        self, tenant_id: str, *, after: str | None, now: datetime, limit: int
    ) -> Sequence[Final]:
        """Return the tenant's records that count (`final_status`) behind this mark.

        They come in the order in which they were written as such, by the store's own clock, so none
        is ever written before one that was returned. The last moments are left out where the store
        cannot tell that yet. A record keeps its place while it counts as the same.
        """
        ...

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired bare locks of any tenant, and return how many."""
        ...

    def count(
        self, tenant_id: str, view: LogView | None = None, *, most: int | None = None
    ) -> Mapping[Status, int]:
        """Return how many of the tenant's log rows show each status that is shown at all.

        With a view, its rows count, as if it had no status; without one, all but tests. With
        `most`, counting a status ends at that number.
        """
        ...

    def count_in(self, tenant_id: str, view: LogView, *, most: int | None = None) -> int:
        """Return how many of the tenant's log rows are in this view, without reading them.

        With `most`, counting ends at that number.
        """
        ...

    def ping(self) -> None:
        """Return if the store answers."""
        ...


Change = Callable[[Tenant | None], Tenant | None]
"""A function from a tenant to the changed tenant; `None` stands for one that we do not know.

It must be pure: it is called again when another process wrote first. Its exceptions reach the
caller, and nothing is written. It must not return `None` for a known tenant: use `remove`.
"""


class Updated(Struct, frozen=True):
    """A tenant before and after a change; both are equal if nothing had to be written."""

    before: Tenant | None
    after: Tenant | None


class Tenants(Protocol):
    """Settings and sealed tokens of tenants. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; `None` for one that we do not know."""
        ...

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago, for reads that every event needs."""
        ...

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change to the tenant's present state and write it, by compare-and-swap."""
        ...

    def remove(self, tenant_id: str, *, only_if: Callable[[Tenant], bool]) -> bool:
        """Delete the tenant's settings, then its tokens; tell whether it is unknown afterwards.

        A tenant that does not meet the condition when it is deleted stays as it is.
        """
        ...

    def due(self, what: Due, *, now: datetime, limit: int) -> Sequence[str]:
        """Return the tenants for which this is due, the most overdue first."""
        ...

    def count_due(self, what: Due, *, now: datetime) -> int:
        """Return for how many tenants this is due, without reading them."""
        ...

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        ...

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        ...

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token as it was at most a minute ago."""
        ...

    def update_token(
        self, tenant_id: str, role: Role, change: Callable[[str | None], str | None]
    ) -> bool:
        """Apply the change to the present sealed token; tell whether anything was written."""
        ...


class Audit(Protocol):
    """The audit trail. Every method may raise StoreUnavailableError."""

    def add(self, tenant_id: str, entry: AuditEntry) -> None:
        """Write the entry."""
        ...

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """Return the tenant's entries, newest first."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every entry of the tenant."""
        ...


class Jobs(Protocol):
    """Jobs that work through tenants' logs. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str, kind: JobKind) -> Job | None:
        """Return the tenant's last job of this kind, running or finished.

        `None` also for one that a newer release wrote.
        """
        ...

    def replace(self, tenant_id: str, job: Job, *, over: Job | None) -> bool:
        """Write the job if the stored one of its kind is still `over`; tell whether it was.

        `over` is `None` where none is stored.
        """
        ...

    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, JobKind]]:
        """Return the jobs of any tenant whose `due_at` has come, the most overdue first."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every job of the tenant."""
        ...


class SealedSignal(Struct, frozen=True, kw_only=True):
    """A browser signal as it is stored: its `marks` are keyed hashes that it is found by."""

    __repr__ = object.__repr__

    key: str
    marks: tuple[str, ...]
    sealed: str
    expires_at: datetime


class BrowserSignals(Protocol):
    """Browser signals, sealed and short-lived, and which sites' signals were refused.

    Every method may raise StoreUnavailableError.
    """

    def keep(self, tenant_id: str, signal: SealedSignal) -> None:
        """Create or overwrite the signal."""
        ...

    def find(
        self, tenant_id: str, marks: Collection[str], *, now: datetime, limit: int
    ) -> Sequence[SealedSignal]:
        """Return the tenant's signals with any of these marks that have not expired.

        Of thirty marks at most, in no order. If there are `limit`, there may be more.
        """
        ...

    def drop(self, tenant_id: str, marks: Collection[str]) -> int:
        """Delete the tenant's signals with any of these marks, and return how many."""
        ...

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired signals of any tenant, and return how many."""
        ...

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused, in the order in which they were saved."""
        ...

    def save_refused_origins(self, tenant_id: str, origins: Sequence[RefusedOrigin]) -> None:
        """Overwrite the sites whose signals were refused."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant, and the sites whose signals were refused."""
        ...

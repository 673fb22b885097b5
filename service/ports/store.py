"""What is kept, and how it is read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from service.domain.records.cursor import Cursor
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.tenant import Due, Role, Tenant


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as read, with the mark by which a later change of it is noticed.

    `document` is how the record is stored, perhaps with more in it than this release knows.
    """

    record: EventRecord
    revision: str
    document: bytes = field(repr=False, compare=False)


class Events(Protocol):
    """The event log: locks, rows and deliveries. Every method may raise StoreUnavailableError."""

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; `None` when its key is taken, by whomever."""
        ...

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record under this key; `None` for one of a newer release, too."""
        ...

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored`; `None` when it has changed or gone since."""
        ...

    def replace_all(self, changes: Sequence[tuple[Stored, EventRecord]]) -> Sequence[Stored | None]:
        """Do each change as `replace` does, and return what it returns, in few round trips.

        One that loses leaves the others alone. The caller names a record once, and some hundreds
        at most: each hundred may take as long as one `replace`. StoreUnavailableError means that
        some may be written.
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
        """Return the tenant's log rows in this view, newest first by receipt, behind that place."""
        ...

    def last_change(self, tenant_id: str) -> str | None:
        """Return a mark that is another one after every change of the tenant's log."""
        ...

    def open(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `due_at`, by that and the key, behind that place."""
        ...

    def waiting(self, tenant_id: str, *, after: Cursor | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `waiting_since`, by that and the key, in that order.

        Only those behind that place.
        """
        ...

    def longest_queued(self, tenant_id: str) -> Stored | None:
        """Return the tenant's record with the earliest `queued_since`."""
        ...

    def idle(self, tenant_id: str, *, received_before: datetime, limit: int) -> Sequence[Stored]:
        """Return the tenant's log rows from before then that are not due, the oldest first."""
        ...

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete bare locks of any tenant whose time is over, and return how many."""
        ...

    def count(self, tenant_id: str) -> Mapping[Status, int]:
        """Return how many of the tenant's log rows show each status; tests do not count."""
        ...

    def count_in(self, tenant_id: str, view: LogView) -> int:
        """Return how many of the tenant's log rows are in this view, without reading them."""
        ...

    def ping(self) -> None:
        """Return if the store answers."""
        ...


Change = Callable[[Tenant | None], Tenant | None]
"""What is to become of a tenant, `None` being one that we do not know.

It is pure: with two changes at once, it is asked again. What it raises, the caller gets, and
nothing is written. It makes no known tenant unknown: that is `remove`'s to do.
"""


@dataclass(frozen=True, slots=True)
class Updated:
    """A tenant before and after a change; equal if there was nothing to write."""

    before: Tenant | None
    after: Tenant | None


class Tenants(Protocol):
    """Settings and sealed tokens of tenants. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; `None` for one that we do not know."""
        ...

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago: for what is asked with every event."""
        ...

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Write what the change makes of the tenant as it is at that moment."""
        ...

    def remove(self, tenant_id: str, *, only_if: Callable[[Tenant], bool]) -> bool:
        """Forget the tenant's settings, then its tokens; tell if it is unknown then.

        One of which the condition does not hold at that moment stays as it is.
        """
        ...

    def due(self, what: Due, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants of whom this is due, the longest due first."""
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
        """Write what the change makes of the sealed token at that moment; tell if that is news."""
        ...


class Audit(Protocol):
    """Who changed what. Every method may raise StoreUnavailableError."""

    def add(self, tenant_id: str, entry: AuditEntry) -> None:
        """Write the entry down."""
        ...

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """Return the tenant's entries, newest first."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every entry of the tenant."""
        ...


class Jobs(Protocol):
    """Work through tenants' logs. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str, kind: JobKind) -> Job | None:
        """Return the tenant's last job of this kind, running or finished.

        `None` also for one of a newer release, which is left alone.
        """
        ...

    def replace(self, tenant_id: str, job: Job, *, over: Job | None) -> bool:
        """Write the job, unless the one of its kind is no longer `over`; tell if so.

        `None` means that there was none.
        """
        ...

    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, JobKind]]:
        """Return the jobs of any tenant whose `due_at` has come, the most overdue first."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every job of the tenant."""
        ...


class Signals(Protocol):
    """Browser signals, sealed and short-lived, and which sites' signals were refused.

    Every method may raise StoreUnavailableError.
    """

    def keep(self, tenant_id: str, key: str, sealed: str, *, expires_at: datetime) -> None:
        """Create or overwrite the signal."""
        ...

    def find(self, tenant_id: str, key: str, *, now: datetime) -> str | None:
        """Return the sealed signal, unless its time is over."""
        ...

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete signals of any tenant whose time is over, and return how many."""
        ...

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused, as they were saved."""
        ...

    def save_refused_origins(self, tenant_id: str, origins: Sequence[RefusedOrigin]) -> None:
        """Overwrite the sites whose signals were refused."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant, and the sites whose signals were refused."""
        ...

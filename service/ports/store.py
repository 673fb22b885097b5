"""What is kept, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.audit import AuditEntry
from service.domain.breaker import Breaker
from service.domain.installation import Installation
from service.domain.job import Job, JobKind
from service.domain.log_view import LogView
from service.domain.notices import Notices
from service.domain.origin import RefusedOrigin
from service.domain.place import Place
from service.domain.progress import Progress
from service.domain.record import EventRecord, Status
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as read, with the mark by which a later change of it is noticed."""

    record: EventRecord
    revision: str


class Events(Protocol):
    """The event log: locks, rows and deliveries. Every method may raise StoreUnavailableError."""

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; `None` when its key is taken, by whomever."""
        ...

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record under this key."""
        ...

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored`; `None` when it has changed or gone since."""
        ...

    def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Return records of any tenant whose `due_at` has come, the most overdue first."""
        ...

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that are not cleared, newest first by receipt."""
        ...

    def page(
        self, tenant_id: str, view: LogView, *, after: Place | None, limit: int
    ) -> Sequence[Stored]:
        """Return the tenant's log rows in this view, newest first by receipt, behind that place."""
        ...

    def last_change(self, tenant_id: str) -> str | None:
        """Return a mark that is another one after every change of the tenant's log."""
        ...

    def open(self, tenant_id: str, *, after: Place | None, limit: int) -> Sequence[Stored]:
        """Return the tenant's records with a `due_at`, by that and the key, behind that place."""
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

    def ping(self) -> None:
        """Return if the store answers."""
        ...


class Tenants(Protocol):
    """Settings and sealed tokens of tenants. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; `None` for one that we do not know."""
        ...

    def recall(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago: for what is asked with every event."""
        ...

    def save_settings(self, tenant_id: str, settings: TenantSettings) -> None:
        """Create or overwrite the tenant's settings."""
        ...

    def save_shop(self, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
        """Write what the shop tells of itself, and when to ask it again.

        `None` keeps what is known. A tenant that we do not know is not created.
        """
        ...

    def shops_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose shop is to be asked again, or never was, the longest due first."""
        ...

    def save_installation(self, tenant_id: str, installation: Installation) -> None:
        """Write how the installation stands; a tenant that we do not know is created."""
        ...

    def replace_installation(
        self, tenant_id: str, installation: Installation, *, over: Installation
    ) -> bool:
        """Write how the installation stands, unless it is no longer as in `over`; tell if so."""
        ...

    def replace_progress(self, tenant_id: str, progress: Progress, *, over: Progress) -> bool:
        """Write how far the set-up has come, unless it is no longer as in `over`; tell if so.

        A tenant that we do not know is not created.
        """
        ...

    def installations_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose installation has something due, the longest due first."""
        ...

    def replace_breaker(
        self, tenant_id: str, role: Role, breaker: Breaker, *, over: Breaker
    ) -> bool:
        """Write what is known of the role's pixel, unless it is no longer `over`; tell if so."""
        ...

    def breakers_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants of whose pixels one has something due, the longest due first."""
        ...

    def replace_notices(self, tenant_id: str, notices: Notices, *, over: Notices) -> bool:
        """Write what people were told, unless it is no longer as in `over`; tell if so.

        A tenant that we do not know is not created.
        """
        ...

    def notices_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose alerts are to be looked at again, the longest due first."""
        ...

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        ...

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens."""
        ...

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        ...

    def recall_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token as it was at most a minute ago."""
        ...

    def replace_sealed_token(self, tenant_id: str, role: Role, sealed: str, *, over: str) -> bool:
        """Overwrite the sealed token, unless it is no longer `over`; tell if it was."""
        ...

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        ...

    def remove_token(self, tenant_id: str, role: Role) -> None:
        """Forget the token of the role's pixel."""
        ...

    def remove_tokens(self, tenant_id: str) -> None:
        """Forget the tokens of all roles."""
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
        """Return the tenant's last job of this kind, running or finished."""
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

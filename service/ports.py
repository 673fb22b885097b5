"""What the use cases need from the world, in our own words. Adapters live elsewhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from service.domain.event import Event
from service.domain.membership import Membership
from service.domain.order import Order
from service.domain.person import Address
from service.domain.record import EventRecord, Status
from service.domain.registration import Registration
from service.domain.reservation import Reservation
from service.domain.schedule import RetryPolicy
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings
from service.domain.verdict import Verdict


class StoreUnavailableError(Exception):
    """The store did not answer in time, or refused: nothing may be taken as done."""


class QueueUnavailableError(Exception):
    """The queue did not take the task; whatever was recorded stays for the sweep."""


class UnsealError(Exception):
    """A sealed text is damaged, of another tenant, or older than every key we have."""


class NotOurQueueError(Exception):
    """A caller's token is missing, forged, expired or meant for somebody else."""


class NotAllowedCallerError(Exception):
    """A caller's token is genuine but names an account that may not call us."""


class Refusal(StrEnum):
    """Why a shop did not tell what it was asked; the values are words for the log."""

    NOT_FOUND = "Commerce7 does not know it"
    NOT_ALLOWED = "Commerce7 refuses us access"
    TOO_OFTEN = "Commerce7 asks us to slow down"
    NO_ANSWER = "Commerce7 did not answer"


class ShopError(Exception):
    """The shop did not tell. `retry_after` is how long it asks us to leave it alone."""

    def __init__(self, refusal: Refusal, *, retry_after: timedelta | None = None) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal
        self.retry_after = retry_after


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

    def held(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that show "held", the oldest first."""
        ...

    def count(self, tenant_id: str) -> Mapping[Status, int]:
        """Return how many of the tenant's records that are not cleared show each status."""
        ...

    def ping(self) -> None:
        """Return if the store answers."""
        ...


class Tenants(Protocol):
    """Settings and sealed tokens of tenants. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; `None` for one that we do not know."""
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

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        ...

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens."""
        ...

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        ...

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        ...


class Signals(Protocol):
    """Browser signals, sealed and short-lived. Every method may raise StoreUnavailableError."""

    def keep(self, tenant_id: str, key: str, sealed: str, *, expires_at: datetime) -> None:
        """Create or overwrite the signal."""
        ...

    def find(self, tenant_id: str, key: str, *, now: datetime) -> str | None:
        """Return the sealed signal, unless its time is over."""
        ...

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete signals of any tenant whose time is over, and return how many."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A call to be made back to us: at least once, perhaps twice, perhaps late.

    `name` makes one task of equal ones. The body is small and holds no personal data. The call
    comes no sooner than after the `delay`.
    """

    name: str
    path: str
    body: bytes
    delay: timedelta = timedelta(0)


class Queue(Protocol):
    """Where tasks wait. Methods may raise QueueUnavailableError."""

    def enqueue(self, task: Task) -> None:
        """Take the task, or know it already; both are success."""
        ...

    def ping(self) -> None:
        """Return if the queue answers."""
        ...


class Conversions(Protocol):
    """The vendor who receives events."""

    def send(self, event: Event, *, pixel_id: str, token: str) -> Verdict:
        """Post one event once. Never raises for what the vendor or the network did."""
        ...


class Shops(Protocol):
    """The platform that shops run on. Every method raises ShopError, and nothing else."""

    def order(self, tenant_id: str, order_id: str) -> Order:
        """Return an order as it is now."""
        ...

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        """Return a club membership as it is now."""
        ...

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        """Return a reservation as it is now."""
        ...

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        """Return a customer's record as it is now."""
        ...

    def addresses(self, tenant_id: str, customer_id: str) -> Mapping[str, Address]:
        """Return the customer's address book by the entries' ids."""
        ...

    def shop(self, tenant_id: str) -> Shop:
        """Return what the shop tells everybody about itself."""
        ...


class Vault(Protocol):
    """Keeps texts unreadable at rest, each bound to its tenant."""

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the text that only this tenant's `unseal` turns back."""
        ...

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return what was sealed for this tenant, or raise UnsealError."""
        ...


class Callers(Protocol):
    """Who calls the task handlers."""

    def verify(self, token: str) -> None:
        """Return for our queue's token; else raise NotOurQueueError or NotAllowedCallerError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything a request may use, chosen once in `bootstrap`."""

    events: Events
    tenants: Tenants
    signals: Signals
    queue: Queue
    conversions: Conversions
    shops: Shops
    vault: Vault
    callers: Callers
    retry: RetryPolicy
    clock: Callable[[], datetime]
    new_id: Callable[[], str]

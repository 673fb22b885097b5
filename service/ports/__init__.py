"""The interfaces that the use cases need. Adapters implement them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.delivery.schedule import RetryPolicy
from service.domain.records.cursor import Cursor
from service.ports.errors import (
    KeysUnavailableError,
    MailError,
    NoSessionError,
    NotAllowedCallerError,
    NotOurQueueError,
    QueueUnavailableError,
    Refusal,
    ShopError,
    StoreUnavailableError,
    UnsealError,
)
from service.ports.history import Days, QualityReports
from service.ports.memory import SeenEvents
from service.ports.outside import (
    CALLS_AT_ONCE,
    Connections,
    Conversions,
    Mailer,
    Queue,
    ShopPage,
    Shops,
    Task,
)
from service.ports.store import (
    Audit,
    BrowserSignals,
    Change,
    Events,
    Final,
    Jobs,
    SealedSignal,
    Stored,
    Tenants,
    Updated,
)
from service.ports.trust import Callers, Sessions, Vault

__all__ = [
    "CALLS_AT_ONCE",
    "Audit",
    "BrowserSignals",
    "Callers",
    "Change",
    "Connections",
    "Conversions",
    "Cursor",
    "Days",
    "Events",
    "Final",
    "Jobs",
    "KeysUnavailableError",
    "MailError",
    "Mailer",
    "NoSessionError",
    "NotAllowedCallerError",
    "NotOurQueueError",
    "QualityReports",
    "Queue",
    "QueueUnavailableError",
    "Refusal",
    "SealedSignal",
    "SeenEvents",
    "Services",
    "Sessions",
    "ShopError",
    "ShopPage",
    "Shops",
    "StoreUnavailableError",
    "Stored",
    "Task",
    "Tenants",
    "UnsealError",
    "Updated",
    "Vault",
]


class Services(Struct, frozen=True, kw_only=True):
    """The implementations that a request uses, chosen once in `bootstrap`.

    `seen_events` has the keys of events that this process received lately. `mailer` is `None` where
    no e-mail is sent.
    """

    events: Events
    tenants: Tenants
    browser_signals: BrowserSignals
    audit: Audit
    jobs: Jobs
    quality: QualityReports
    days: Days
    queue: Queue
    conversions: Conversions
    connections: Connections
    shops: Shops
    vault: Vault
    sessions: Sessions
    callers: Callers
    retry: RetryPolicy
    uninstall_grace: timedelta
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    seen_events: SeenEvents
    mailer: Mailer | None = None

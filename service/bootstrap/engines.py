"""The parts that each engine (local, cloud) provides: a store, and a queue."""

from msgspec import Struct

from service.ports import (
    Audit,
    BrowserSignals,
    Callers,
    Days,
    Events,
    Jobs,
    QualityReports,
    Queue,
    Tenants,
)


class Store(Struct, frozen=True, kw_only=True):
    """The ports of one store."""

    events: Events
    tenants: Tenants
    browser_signals: BrowserSignals
    audit: Audit
    jobs: Jobs
    quality: QualityReports
    days: Days


class Calls(Struct, frozen=True, kw_only=True):
    """A queue, and the check of the callers by which it delivers."""

    queue: Queue
    callers: Callers

"""The parts that each engine (local, cloud) provides: a store, and a queue."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The ports of one store."""

    events: Events
    tenants: Tenants
    browser_signals: BrowserSignals
    audit: Audit
    jobs: Jobs
    quality: QualityReports
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A queue, and the check of the callers by which it delivers."""

    queue: Queue
    callers: Callers

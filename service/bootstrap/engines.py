"""The parts that each engine (local, cloud) provides: a store, and a queue."""

from dataclasses import dataclass

from service.ports import Audit, BrowserSignals, Callers, Events, Jobs, Queue, Tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The five ports of one store."""

    events: Events
    tenants: Tenants
    browser_signals: BrowserSignals
    audit: Audit
    jobs: Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A queue, and the check of the callers by which it delivers."""

    queue: Queue
    callers: Callers

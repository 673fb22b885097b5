"""What an engine of the store, or of the queue, consists of."""

from dataclasses import dataclass

from service.ports import Audit, Callers, Events, Jobs, Queue, Signals, Tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The five ports of one store."""

    events: Events
    tenants: Tenants
    signals: Signals
    audit: Audit
    jobs: Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A queue, and who is known to call back for it."""

    queue: Queue
    callers: Callers

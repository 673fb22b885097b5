"""Names made from content: the same happening always gets the same key, id and task."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from service.domain.event import EventName
from service.domain.tenant import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The object of the shop that an event is about."""

    kind: str
    id: str


def event_key(tenant_id: str, source: Source, name: EventName) -> str:
    """Return the key under which this tenant's event is recorded once and for ever.

    A hash, because uniform keys spread over storage (Firestore: best practices).
    """
    return _digest(tenant_id, source.kind, source.id, name)


def event_id(source: Source) -> str:
    """Return the id that Meta sees; the same for every repetition and for both pixels."""
    return f"c7-{source.kind}-{source.id}"


def task_name(tenant_id: str, key: str, role: Role, *, due_at: datetime) -> str:
    """Return the name that makes enqueueing the same step twice one task.

    `due_at` changes with every step of a delivery. Without it a task that was lost could not be
    enqueued again: the queue remembers used names for up to a day (Cloud Tasks: createTask).
    """
    return _digest(tenant_id, key, role, due_at.isoformat())


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

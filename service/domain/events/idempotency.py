"""Idempotency keys: the same event and the same step always get the same name."""

from datetime import datetime
from hashlib import sha256

from service.domain.events.event import EventName
from service.domain.shop.signal import ObjectKind


def event_key(tenant_id: str, *, kind: ObjectKind, object_id: str, name: EventName) -> str:
    """Return the idempotency key under which this tenant's event is recorded.

    A hash, because uniform keys spread over storage (Firestore: best practices).
    """
    return _digest(tenant_id, kind, object_id, name)


def task_name(tenant_id: str, *step: str, due_at: datetime) -> str:
    """Return the task's name: a step that is enqueued twice makes one task.

    `due_at` changes with every step. Without it a task that was lost could not be enqueued again:
    the queue remembers used names for up to a day (Cloud Tasks: createTask).
    """
    return _digest(tenant_id, *step, due_at.isoformat())


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

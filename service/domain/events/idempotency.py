"""Idempotency keys: the same event and the same step always get the same name."""

import re
from datetime import datetime
from hashlib import sha256

from service.domain.events.event import EventName

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def may_be_event_key(text: str) -> bool:
    """Tell whether a record can have this key; checked before a caller's text is looked up.

    A store may be unable to look up others: Firestore reserves `.`, `..` and `__…__`, and takes a
    slash for a folder (Firestore: "Constraints on document IDs").
    """
    return _KEY.fullmatch(text) is not None


def event_key(tenant_id: str, *, kind: str, object_id: str, name: EventName) -> str:
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

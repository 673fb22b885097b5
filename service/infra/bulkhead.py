"""How few may do the same thing at once while it is slow."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock


@dataclass(slots=True)
class _Queue:
    started: list[datetime] = field(default_factory=list)
    slow_until: datetime | None = None


class Turns:
    """Counts for each key, in this process. Safe to share between threads.

    A key has turns without end until one of them has lasted `slow`, or longer. From then on it has
    only `few` at once, until none has been slow for the time of `memory`: one other side that keeps
    us waiting shall not use up everybody's threads. Who is quick is never turned away, however
    many come at once.
    """

    def __init__(self, *, few: int, slow: timedelta, memory: timedelta) -> None:
        self._few = few
        self._slow = slow
        self._memory = memory
        self._lock = Lock()
        self._queues: dict[str, _Queue] = {}

    @classmethod
    def at_most(cls, few: int) -> "Turns":
        """Return turns of which there are only few at once, however quick they are."""
        return cls(few=few, slow=timedelta(0), memory=timedelta(0))

    def take(self, key: str, *, now: datetime) -> bool:
        """Begin a turn, and tell whether there was one; if so, give it back."""
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            has_room = self._has_room(queue, now)
            if has_room:
                queue.started.append(now)
            return has_room

    def is_free(self, key: str, *, now: datetime) -> bool:
        """Tell whether there would be a turn."""
        with self._lock:
            return self._has_room(self._queues.get(key, _Queue()), now)

    def give_back(self, key: str, *, since: datetime, now: datetime) -> None:
        """End a turn that was taken at `since`."""
        with self._lock:
            queue = self._queues[key]
            queue.started.remove(since)
            if now - since >= self._slow:
                queue.slow_until = now + self._memory
            if not (queue.started or self._is_slow(queue, now)):
                del self._queues[key]

    def _has_room(self, queue: _Queue, now: datetime) -> bool:
        return len(queue.started) < self._few or not self._is_slow(queue, now)

    def _is_slow(self, queue: _Queue, now: datetime) -> bool:
        is_known = queue.slow_until is not None and now < queue.slow_until
        return is_known or any(now - each >= self._slow for each in queue.started)

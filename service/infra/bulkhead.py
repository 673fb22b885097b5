"""A bulkhead: limits the simultaneous calls to a slow party."""

from datetime import datetime, timedelta
from threading import Lock

from msgspec import Struct, field


class _Queue(Struct):
    started: list[datetime] = field(default_factory=list)
    slow_until: datetime | None = None


class Bulkhead:
    """Keeps a slow party from using up all threads. Counts per key, in this process.

    A key's calls are not limited until one of them has lasted `slow` or longer. From then on the
    key may have `limit` calls at once, until no call has been slow for the time of `memory`.
    A key whose calls are quick is never refused. Safe to share between threads.
    """

    def __init__(self, *, limit: int, slow: timedelta, memory: timedelta) -> None:
        self.limit = limit
        self._slow = slow
        self._memory = memory
        self._lock = Lock()
        self._queues: dict[str, _Queue] = {}

    @classmethod
    def at_most(cls, limit: int) -> "Bulkhead":
        """Return a bulkhead that always allows `limit` calls at once, quick or slow."""
        return cls(limit=limit, slow=timedelta(0), memory=timedelta(0))

    def acquire(self, key: str, *, now: datetime) -> bool:
        """Begin a call, if allowed, and return whether it has begun. End it with `release`."""
        with self._lock:
            queue = self._queues.setdefault(key, _Queue())
            has_room = self._has_room(queue, now)
            if has_room:
                queue.started.append(now)
            return has_room

    def is_free(self, key: str, *, now: datetime) -> bool:
        """Return whether a call could begin."""
        with self._lock:
            return self._has_room(self._queues.get(key, _Queue()), now)

    def release(self, key: str, *, since: datetime, now: datetime) -> None:
        """Record the end of a call that began at `since`."""
        with self._lock:
            queue = self._queues[key]
            queue.started.remove(since)
            if now - since >= self._slow:
                queue.slow_until = now + self._memory
            if not (queue.started or self._is_slow(queue, now)):
                del self._queues[key]

    def _has_room(self, queue: _Queue, now: datetime) -> bool:
        return len(queue.started) < self.limit or not self._is_slow(queue, now)

    def _is_slow(self, queue: _Queue, now: datetime) -> bool:
        is_known = queue.slow_until is not None and now < queue.slow_until
        return is_known or any(now - each >= self._slow for each in queue.started)

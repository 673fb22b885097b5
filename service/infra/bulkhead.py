"""A bulkhead: limits the simultaneous callers of a slow party."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock

from msgspec import Struct, field


class Place(Struct, eq=False):
    """A caller's place, until it is released; `asks_since` is when its present question began."""

    key: str
    asks_since: datetime | None = None


class _Callers(Struct):
    places: list[Place] = field(default_factory=list)
    slow_until: datetime | None = None


class Bulkhead:
    """Keeps a slow party from using up all threads. Counts per key, in this process.

    A key's callers are not limited until one of them has waited for the party's answer for `slow`
    or longer; what else a caller does is not the party's fault. From then on the key may have
    `limit` callers at once, until no answer has been slow for the time of `memory`. A key whose
    answers are quick is never refused. Safe to share between threads.
    """

    def __init__(self, *, limit: int, slow: timedelta, memory: timedelta) -> None:
        self.limit = limit
        self._slow = slow
        self._memory = memory
        self._lock = Lock()
        self._callers: dict[str, _Callers] = {}

    def acquire(self, key: str, *, now: datetime) -> Place | None:
        """Return a place, to be given back with `release`; `None` if there is no room."""
        with self._lock:
            callers = self._callers.setdefault(key, _Callers())
            if len(callers.places) >= self.limit and self._is_slow(callers, now):
                return None
            place = Place(key)
            callers.places.append(place)
            return place

    @contextmanager
    def asking(self, place: Place, clock: Callable[[], datetime]) -> Iterator[None]:
        """Watch how long the party lets the caller wait."""
        place.asks_since = clock()
        try:
            yield
        finally:
            now = clock()
            with self._lock:
                if self._has_waited(place, now):
                    self._callers[place.key].slow_until = now + self._memory
                place.asks_since = None

    def release(self, place: Place, *, now: datetime) -> None:
        """Give the place back."""
        with self._lock:
            callers = self._callers[place.key]
            callers.places.remove(place)
            if not (callers.places or self._is_slow(callers, now)):
                del self._callers[place.key]

    def _is_slow(self, callers: _Callers, now: datetime) -> bool:
        is_known = callers.slow_until is not None and now < callers.slow_until
        return is_known or any(self._has_waited(each, now) for each in callers.places)

    def _has_waited(self, place: Place, now: datetime) -> bool:
        return place.asks_since is not None and now - place.asks_since >= self._slow

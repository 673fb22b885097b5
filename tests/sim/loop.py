"""An event loop with a simulated clock, and handlers that wait on it.

Handlers are greenlets: exactly one runs at a time, until it waits. Then the one with the earliest
time runs. So handlers interleave at every call of a port, in an order decided by the seed.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from greenlet import getcurrent, greenlet


class Loop:
    """The scheduled actions, by time; at equal times in the order of their scheduling."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._heap: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        self._hub = getcurrent()
        self._until = start

    def clock(self) -> datetime:
        """Return the simulated time."""
        return self.now

    @property
    def is_in_handler(self) -> bool:
        """Return whether a handler is running. Only a handler can wait."""
        return getcurrent() is not self._hub

    def call_at(self, when: datetime, action: Callable[[], object]) -> None:
        """Schedule the action for this time."""
        heapq.heappush(self._heap, (when, next(self._numbers), action))

    def call_later(self, seconds: float, action: Callable[[], object]) -> None:
        """Schedule the action after this many seconds."""
        self.call_at(self.now + timedelta(seconds=seconds), action)

    def spawn(self, body: Callable[[], object]) -> None:
        """Start a handler as soon as the running one waits."""
        self.call_later(0, greenlet(body, self._hub).switch)

    def sleep(self, seconds: float) -> None:
        """Suspend the running handler for this many seconds."""
        end = self.now + timedelta(seconds=seconds)
        if self._is_free(end):
            self.now = end  # The handler would be the next one, so nothing need be switched.
        else:
            self.call_at(end, getcurrent().switch)
            self._hub.switch()

    def run(self, until: datetime) -> None:
        """Run all actions until this time."""
        self._until = until
        while self._heap and self._heap[0][0] <= until:
            when, _, action = heapq.heappop(self._heap)
            self.now = max(self.now, when)
            action()
        self.now = until

    def _is_free(self, end: datetime) -> bool:
        """Return whether nothing else happens until then."""
        return end <= self._until and not (self._heap and self._heap[0][0] <= end)

"""A clock that jumps from one happening to the next, and handlers that wait on it.

Handlers are greenlets: exactly one runs at a time, until it waits. Whose time comes first runs
next, so two handlers interleave at every call that they make, in an order that the seed decides.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from greenlet import getcurrent, greenlet


class Loop:
    """All that is still to happen, in the order of time; equal times in the order of asking."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._heap: list[tuple[datetime, int, Callable[[], object]]] = []
        self._numbers = count()
        self._hub = getcurrent()

    def clock(self) -> datetime:
        """Return the time that it is here."""
        return self.now

    @property
    def is_inside(self) -> bool:
        """Tell whether a handler is running, which can wait; setting a world up cannot."""
        return getcurrent() is not self._hub

    def at(self, when: datetime, action: Callable[[], object]) -> None:
        """Have this happen then."""
        heapq.heappush(self._heap, (when, next(self._numbers), action))

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Have this happen so much later."""
        self.at(self.now + timedelta(seconds=seconds), action)

    def spawn(self, body: Callable[[], object]) -> None:
        """Start a handler, as soon as whoever runs now waits."""
        self.after(0, greenlet(body, self._hub).switch)

    def pause(self, seconds: float) -> None:
        """Let the others run until so much later."""
        self.after(seconds, getcurrent().switch)
        self._hub.switch()

    def run(self, until: datetime) -> None:
        """Let everything happen that happens until then."""
        while self._heap and self._heap[0][0] <= until:
            when, _, action = heapq.heappop(self._heap)
            self.now = max(self.now, when)
            action()
        self.now = until

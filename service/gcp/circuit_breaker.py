"""A circuit breaker: what did not answer is left alone for a moment, then tried with one call.

Reference: Martin Fowler, "CircuitBreaker"; Michael Nygard, "Release It!".
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock


class CircuitBreaker:
    """Decides which calls are made, in this process. Safe to share between threads.

    It is closed at first, and every call is made. A failure opens it: for the time of `pause` none
    is. Then one call is made as a probe, and no other until it has succeeded, which closes the
    breaker, or until another pause is over; so a probe that never reports blocks nothing.
    """

    def __init__(self, *, pause: timedelta, clock: Callable[[], datetime]) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._next_probe_at: datetime | None = None

    def allows_call(self) -> bool:
        """Tell whether to make a call now; its caller reports how it ended."""
        now = self._clock()
        with self._lock:
            if self._next_probe_at is None:
                return True
            if now < self._next_probe_at:
                return False
            self._next_probe_at = now + self._pause
            return True

    def record_success(self) -> None:
        """Close: there was an answer."""
        with self._lock:
            self._next_probe_at = None

    def record_failure(self) -> None:
        """Open, or stay open: there was no answer."""
        now = self._clock()
        with self._lock:
            self._next_probe_at = now + self._pause

"""A circuit breaker: after a failure it pauses all calls, then lets one probe through.

Reference: Martin Fowler, "CircuitBreaker"; Michael Nygard, "Release It!".
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock


class CircuitBreaker:
    """Decides which calls are made, in this process. Safe to share between threads.

    It starts closed: every call is made. A failure opens it: no call is made for the time of
    `pause`. Then it is half-open: one call is made as a probe. The probe's success closes the
    breaker. Another probe is allowed after another pause, even if the first one never reports.
    """

    def __init__(self, *, pause: timedelta, clock: Callable[[], datetime]) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._next_probe_at: datetime | None = None

    def allows_call(self) -> bool:
        """Return whether to make a call now. The caller records how the call ended."""
        now = self._clock()
        with self._lock:
            if self._next_probe_at is None:
                return True
            if now < self._next_probe_at:
                return False
            self._next_probe_at = now + self._pause
            return True

    def record_success(self) -> None:
        """Close the breaker: a call was answered."""
        with self._lock:
            self._next_probe_at = None

    def record_failure(self) -> None:
        """Open the breaker, or keep it open: a call was not answered."""
        now = self._clock()
        with self._lock:
            self._next_probe_at = now + self._pause

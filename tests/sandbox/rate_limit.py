"""Commerce7's rate limit: 100 requests a minute for each winery ("Commerce7 APIs")."""

import math
from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MOST_REQUESTS = 100
_WINDOW = timedelta(seconds=60)


class RateLimit:
    """One winery's sliding window. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._admitted: deque[datetime] = deque()

    def admit(self, now: datetime) -> int | None:
        """Count a request; or refuse it uncounted, and return after how many seconds to retry."""
        with self._lock:
            while self._admitted and self._admitted[0] <= now - _WINDOW:
                self._admitted.popleft()
            if len(self._admitted) < MOST_REQUESTS:
                self._admitted.append(now)
                return None
            return math.ceil((self._admitted[0] + _WINDOW - now).total_seconds())

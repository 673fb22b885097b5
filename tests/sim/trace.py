"""A trace of a run's last steps, to explain a violation."""

from collections import deque
from datetime import datetime
from hashlib import blake2b

_KEPT_STEPS = 400


class Violation(BaseException):
    """An invariant was violated; the message says which and how."""


class Trace:
    """The last steps of a run, and a digest of all steps to compare two runs by."""

    def __init__(self) -> None:
        self._lines: deque[tuple[datetime, object, str]] = deque(maxlen=_KEPT_STEPS)
        self._digest = blake2b(digest_size=8)
        self.steps = 0

    def record(self, at: datetime, who: object, what: str) -> None:
        """Record one step."""
        self.steps += 1
        self._lines.append((at, who, what))
        self._digest.update(f"{at.minute}{at.microsecond}{what}".encode())

    @property
    def digest(self) -> str:
        """Return the digest of all steps, equal for all runs of a seed."""
        return self._digest.hexdigest()

    def tail(self, number: int = 50, *, about: str = "") -> list[str]:
        """Return the last lines that contain `about`."""
        lines = [f"{at:%d %H:%M:%S.%f} {who} {what}" for at, who, what in self._lines]
        return [line for line in lines if about in line][-number:]

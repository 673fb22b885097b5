"""One answer for many callers: a check that costs something, however often it is asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedAnswer(Generic[T]):
    """The answer of a check that runs once at a time, and begins once in `kept_for` at most.

    While it runs, callers get the answer before, so a slow check holds no other thread; only
    before the first answer they wait for it.
    """

    def __init__(self, *, kept_for: timedelta) -> None:
        self._kept_for = kept_for
        self._changed = Condition()
        self._began_at: datetime | None = None
        self._is_running = False
        self._answer: T | None = None

    def read(self, check: Callable[[], T], *, clock: Callable[[], datetime]) -> T:
        """Return the shared answer, which `check` makes if there is none or an old one."""
        with self._changed:
            while self._is_running and self._answer is None:
                self._changed.wait()
            if self._answer is not None and (self._is_running or self._is_new(clock())):
                return self._answer
            self._is_running, self._began_at = True, clock()
        answer: T | None = None
        try:
            answer = check()
            return answer
        finally:
            with self._changed:
                self._is_running = False
                self._answer = answer if answer is not None else self._answer
                self._changed.notify_all()

    def _is_new(self, now: datetime) -> bool:
        began = self._began_at
        return began is not None and began <= now < began + self._kept_for

"""The check that the service logs no personal data and no tokens (I7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.infra.logs import OURS
from tests.sim.objects import CANARY
from tests.sim.trace import Violation


class LogChecker(logging.Handler):
    """Checks and counts every log line, and keeps none."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Check all of the line's fields, even those that are not printed."""
        self.lines += 1
        if CANARY in str(vars(record)):
            raise Violation(f"I7: in a log line: {vars(record)}")


@contextmanager
def checked_logs() -> Iterator[LogChecker]:
    """Check the service's log lines, and no others, within the context."""
    log_checker, ours = LogChecker(), logging.getLogger(OURS)
    level, propagates = ours.level, ours.propagate
    ours.addHandler(log_checker)
    ours.setLevel(logging.INFO)
    ours.propagate = False
    try:
        yield log_checker
    finally:
        ours.removeHandler(log_checker)
        ours.setLevel(level)
        ours.propagate = propagates

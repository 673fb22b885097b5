"""The check that the service logs no personal data and no tokens (I7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.infra.logs import OURS
from tests.sim.objects import MARK
from tests.sim.trace import Violation


class Ears(logging.Handler):
    """Checks and counts every log line, and keeps none."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Check all of the line's fields, even those that are not printed."""
        self.lines += 1
        if MARK in str(vars(record)):
            raise Violation(f"I7: in a log line: {vars(record)}")


@contextmanager
def heard() -> Iterator[Ears]:
    """Check the service's log lines, and no others, within the context."""
    ears, ours = Ears(), logging.getLogger(OURS)
    level, propagates = ours.level, ours.propagate
    ours.addHandler(ears)
    ours.setLevel(logging.INFO)
    ours.propagate = False
    try:
        yield ears
    finally:
        ours.removeHandler(ears)
        ours.setLevel(level)
        ours.propagate = propagates

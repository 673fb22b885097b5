"""Everything that the service logs in a run, held against what a log must not say (I7)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.infra.logs import OURS
from tests.sim.objects import MARK
from tests.sim.trace import Violation


class Ears(logging.Handler):
    """Hears every line, counts it, and keeps none."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Look at all that the line carries, be it printed or not."""
        self.lines += 1
        if MARK in str(vars(record)):
            raise Violation(f"I7: in a log line: {vars(record)}")


@contextmanager
def heard() -> Iterator[Ears]:
    """Listen to the service, and to nothing else, for as long as it takes."""
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

"""The invariant of figures: a winery's counters equal a recount of its records (I9)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.domain.figures.daily_record import DailyRecord
from service.domain.records.record import EventRecord
from tests.recount import Recount, counted, recount
from tests.sim.record_invariants import RecordInvariants


@dataclass(frozen=True)
class FigureInvariants:
    """The check of one winery's `days` against what was ever written of its records."""

    tenant_id: str
    days: Sequence[DailyRecord]
    written: RecordInvariants

    def violations(self) -> Iterator[str]:
        """Yield a message for every violation.

        What was sent is counted exactly. A skipped event that became one later may have been
        counted as skipped before, or not; of one with several reasons any may count.
        """
        there, truth = counted(self.days), recount(self._records(self.written.uncleared))
        for name in ("sent", "cents", "keys", "timed"):
            if getattr(there, name) != getattr(truth, name):
                yield f"I9: {self.tenant_id} {name}: {_difference(name, there, truth)}"
        most = recount(self._records(self.written.skipped)).skipped | truth.skipped
        if not (there.skipped <= most and truth.skipped.total() <= there.skipped.total()):
            yield f"I9: {self.tenant_id} skipped: {there.skipped} of {truth.skipped} to {most}"

    def _records(self, records: Mapping[Any, EventRecord]) -> Iterator[EventRecord]:
        return (each for key, each in records.items() if key[0] == self.tenant_id)


def _difference(name: str, there: Recount, truth: Recount) -> str:
    one, other = getattr(there, name), getattr(truth, name)
    if isinstance(one, Counter):
        return f"{one - other} too many, {other - one} too few"
    return f"{one} instead of {other}"

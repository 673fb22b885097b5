"""What a row of the table is, and measuring two things in turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a figure is held against: at least `low`, or at most `high`."""

    low: float | None = None
    high: float | None = None

    def is_met(self, figure: float) -> bool:
        """Tell whether the figure is good enough."""
        is_enough = self.low is None or figure >= self.low
        return is_enough and (self.high is None or figure <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A row of the table.

    `figures` are the measurements that the bar is about, one of each round. Without any, the row
    could not be measured here, and its note says why.
    """

    name: str
    figures: tuple[float, ...] = ()
    unit: str = "×"
    bar: Bar | None = None
    ours: str = "–"
    reference: str = "–"
    note: str = ""

    @property
    def figure(self) -> float | None:
        """The median of the rounds."""
        return median(self.figures) if self.figures else None

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; `None` if there is no bar or no figure."""
        if self.figure is None or self.bar is None:
            return None
        return self.bar.is_met(self.figure)


@dataclass(frozen=True, slots=True)
class Turns:
    """The figures of two things that were measured in turns."""

    ours: tuple[float, ...]
    reference: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by the reference's, of each round."""
        return tuple(ours / other for ours, other in zip(self.ours, self.reference, strict=True))


def in_turns(
    ours: Callable[[], float], reference: Callable[[], float], *, rounds: int = 5
) -> Turns:
    """Measure both in turns, so that both meet the same moods of the machine.

    Every other round begins with the reference.
    """
    mine: list[float] = []
    others: list[float] = []
    for number in range(rounds):
        turns: Sequence[tuple[list[float], Callable[[], float]]]
        turns = ((mine, ours), (others, reference))
        for kept, measure in turns if number % 2 == 0 else turns[::-1]:
            kept.append(measure())
    return Turns(tuple(mine), tuple(others))


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that this part of the values does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, ceil(part * len(ranked)) - 1)]

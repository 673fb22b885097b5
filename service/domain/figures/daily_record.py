"""What is kept of each day of a winery: the scores of its events, and its counters. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.figures.tally import DayTally
from service.domain.tenants.tenant import Role

DAYS_KEPT = 100
"""For how many days the records are kept, today included: three months, and some days more."""

SCORE_DAYS = 31
"""Of how many days the scores are shown, today included."""


class DayScores(Struct, frozen=True, kw_only=True):
    """The last scores of a day, by the event's key, and the pixel that they are of."""

    pixel_id: str
    scores: Mapping[str, float] = field(default_factory=dict)


class DailyRecord(Struct, frozen=True, kw_only=True):
    """One day of a winery, in its time zone; `tally` is `None` while nothing was counted."""

    day: date
    quality: Mapping[Role, DayScores] = field(default_factory=dict)
    tally: DayTally | None = None

    def with_scores(self, role: Role, scores: DayScores) -> "DailyRecord":
        """Return the day with these scores of the role's pixel."""
        return replace(self, quality={**self.quality, role: scores})


def first_day_kept(today: date) -> date:
    """Return the earliest day whose record is kept."""
    return today - timedelta(days=DAYS_KEPT - 1)


def first_day_of_scores(today: date) -> date:
    """Return the earliest day whose scores are shown."""
    return today - timedelta(days=SCORE_DAYS - 1)


def score_history(
    days: Sequence[DailyRecord], role: Role, *, pixel_id: str
) -> Mapping[str, Sequence[tuple[date, float]]]:
    """Return each event's scores over these days, by the event's key, oldest first.

    Scores of a pixel that the role had before do not count.
    """
    found: dict[str, list[tuple[date, float]]] = {}
    for each in sorted(days, key=lambda record: record.day):
        scores = each.quality.get(role)
        if scores is None or scores.pixel_id != pixel_id:
            continue
        for key, score in scores.scores.items():
            found.setdefault(key, []).append((each.day, score))
    return found

"""A line of scores over the last days."""

from collections.abc import Sequence
from datetime import date, timedelta

from service.domain.figures.daily_record import SCORE_DAYS
from service.domain.figures.quality import EXCELLENT_FROM, GOOD_FROM, HIGHEST_SCORE
from service.domain.shop.dates import short_day
from service.web.charts.chart import LEFT, RIGHT, Chart, Mark, height_at, ticks_of

_FEWEST_DAYS = 2


def line_of(event: str, scores: Sequence[tuple[date, float]], *, today: date) -> Chart | None:
    """Return the event's line up to today; `None` for fewer than two days."""
    if len(scores) < _FEWEST_DAYS:
        return None
    placed = [(_x(day, today), height_at(score, HIGHEST_SCORE)) for day, score in scores]
    (first_day, first), (last_day, last) = scores[0], scores[-1]
    days = f"{first:.1f} on {short_day(first_day)}, {last:.1f} on {short_day(last_day)}"
    return Chart(
        label=f"{event}: score {days}",
        marks=[
            Mark(y=height_at(at, HIGHEST_SCORE), text=f"{at:g}")
            for at in (GOOD_FROM, EXCELLENT_FROM)
        ],
        ticks=ticks_of(short_day(today - timedelta(days=SCORE_DAYS - 1)), short_day(today)),
        caption="Scores of the last 30 days",
        heads=("Day", "Score"),
        rows=[(short_day(day), f"{score:.1f}") for day, score in scores],
        points=" ".join(f"{x:g},{y:g}" for x, y in placed),
        last=placed[-1],
    )


def _x(day: date, today: date) -> float:
    """Return the place of the day: today at the right edge, the first day kept at the left one."""
    ago = min(max((today - day).days, 0), SCORE_DAYS - 1)
    return round(RIGHT - ago * (RIGHT - LEFT) / (SCORE_DAYS - 1), 1)

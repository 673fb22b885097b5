"""What a report says about a winery's week or month, and what to do. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from service.domain.figures.figures import Figures
from service.domain.figures.quality import (
    EventQuality,
    OfflineEvents,
    QualityReport,
    ScoreRange,
    range_of,
)
from service.domain.tenants.report_plan import ReportPeriod
from service.domain.tenants.tenant import Role


class PixelScores(Struct, frozen=True, kw_only=True):
    """What Meta said about the events of one pixel, and on which day of the winery's."""

    role: Role
    pixel_id: str
    on: date
    events: Sequence[EventQuality]


class Report(Struct, frozen=True, kw_only=True):
    """A period's figures, the last scores of each pixel, and what the winery should do.

    `before` is `None` where the period before was not counted; `is_partial` says that the
    period itself was counted in part. `held` and `failed` are events that are not sent.
    """

    period: ReportPeriod
    figures: Figures
    before: Figures | None
    is_partial: bool
    held: int
    failed: int
    scores: Sequence[PixelScores]
    to_do: Sequence[str]


class Situation(Struct, frozen=True, kw_only=True):
    """What decides on what to do.

    `steps` follow from the winery's health and the figures, in words. `is_quiet` says that nothing
    was sent though it could have been. `quality` holds Meta's last answers about the pixels.
    `sends_tasting_room` says whether sales in the tasting room are sent.
    """

    steps: Sequence[str]
    is_quiet: bool
    quality: Sequence[QualityReport]
    sends_tasting_room: bool


def to_do(situation: Situation) -> Sequence[str]:
    """Return the steps in words, the most urgent first."""
    return list(dict.fromkeys(_steps(situation)))


def _steps(situation: Situation) -> Iterator[str]:
    yield from situation.steps
    if situation.is_quiet:
        yield "No events were sent in this time. If you had orders, see why in the Event Log."
    if situation.sends_tasting_room:
        yield from _offline_steps(situation.quality)
    for report in situation.quality:
        yield from _score_steps(report.events)


def _offline_steps(quality: Sequence[QualityReport]) -> Iterator[str]:
    for report in quality:
        if report.offline is OfflineEvents.NOT_TAKEN:
            yield (
                f"Meta may not count tasting-room sales with pixel {report.pixel_id}: connect "
                "Offline to its dataset in Meta Events Manager."
            )


def _score_steps(events: Sequence[EventQuality]) -> Iterator[str]:
    scores = {each.event: each.score for each in events if each.score is not None}
    weak = [name for name, score in scores.items() if range_of(score) is ScoreRange.NEEDS_WORK]
    if weak:
        yield (
            f"Match quality of {', '.join(weak)} needs work. Collect e-mail addresses and phone "
            "numbers in Commerce7. The Overview shows which fields are missing."
        )

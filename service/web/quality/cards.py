"""The cards of match quality, ready to print: one for each pixel."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.figures.quality import (
    Aspect,
    DedupeKey,
    Diagnostic,
    EventQuality,
    MatchKey,
    QualityFault,
    Variant,
    range_of,
)
from service.domain.shop.time_zone import start_of_day
from service.domain.tenants.tenant import Role
from service.usecases.figures.read_quality import PixelQuality
from service.web.charts.chart import Chart
from service.web.charts.line import line_of
from service.web.quality.messages import (
    FAULTS,
    NO_TOKEN,
    PILLS,
    QualityMessage,
    aspect_words,
    dedupe_words,
    frequency_words,
    identifier_words,
)
from service.web.quality.offline import OfflineNote, offline_note
from service.web.request.times import LocalTime, local_time

_ORDER = {str(name): place for place, name in enumerate(EventName)}
_UNKNOWN = "not available"
_LOOK_AGAIN = "load delay:3s"


class EventRow(Struct, frozen=True, kw_only=True):
    """One event: its score with the pill of its range, and the details of the opened row.

    Each entry of `keys` and `dedupe_keys` is a line of a table.
    """

    name: str
    score: str
    range: str
    pill: tuple[str, str]
    is_offline: bool
    keys: Sequence[tuple[str, str, str]]
    diagnostics: Sequence[tuple[Diagnostic, str]]
    dedupe_keys: Sequence[tuple[str, str, str, str]]
    aspects: Sequence[tuple[str, str, str]]
    coverage: str
    coverage_goal: str
    freshness: str
    chart: Chart | None


class Waiting(StrEnum):
    """Why there are no events yet, though nothing is wrong."""

    NO_DATA = "no data"
    ASKING = "asking"
    NOT_ASKED = "not asked"


class Showing(Struct, frozen=True, kw_only=True):
    """How cards are shown: when, in which time zone, and whether they may ask for news.

    `is_only` says that the winery has one pixel, `has_tasting_room` that its sales are sent.
    """

    now: datetime
    zone: str | None
    is_only: bool
    has_tasting_room: bool
    may_ask: bool
    has_history: bool

    @property
    def today(self) -> date:
        """Return the day in the winery's zone."""
        return start_of_day(self.now, self.zone).date()


class QualityCard(Struct, frozen=True, kw_only=True):
    """One pixel.

    `trigger` is when the page asks for the card again (htmx: `hx-trigger`), with the days' scores
    if it `has_history`; empty for never. Without events and a message, `waiting` says why.
    `offline` is what to set up at Meta so that sales of the tasting room count.
    """

    role: Role
    title: str
    pixel_id: str
    answered_at: LocalTime | None
    message: QualityMessage | None
    code: int | None
    events: Sequence[EventRow]
    waiting: Waiting | None
    offline: OfflineNote | None
    trigger: str
    has_history: bool


def card_of(known: PixelQuality, showing: Showing) -> QualityCard:
    """Return the card of a pixel."""
    report = known.report
    answered_at = report.answered_at if report else None
    events = sorted(report.events if report else (), key=_place)
    trigger = _trigger(known, showing)
    return QualityCard(
        role=known.role,
        title="Event Match Quality" + ("" if showing.is_only else f", {known.role} pixel"),
        pixel_id=known.pixel_id,
        answered_at=local_time(answered_at, showing.zone) if answered_at else None,
        message=_message(known, is_asking=trigger != ""),
        code=report.code if report else None,
        events=[_row(each, known, today=showing.today) for each in events],
        waiting=_waiting(known, is_asking=trigger != ""),
        offline=_to_do(known) if showing.has_tasting_room else None,
        trigger=trigger,
        has_history=showing.has_history,
    )


def _to_do(known: PixelQuality) -> OfflineNote | None:
    note = offline_note(known)
    return note if note.is_to_do else None


def _trigger(known: PixelQuality, showing: Showing) -> str:
    if known.report and known.report.is_awaited(showing.now):
        return _LOOK_AGAIN  # for an answer that another page waits for; Meta is not asked
    return "load" if known.is_due and showing.may_ask else ""


def _message(known: PixelQuality, *, is_asking: bool) -> QualityMessage | None:
    report = known.report
    if not known.has_token:
        return NO_TOKEN
    if report is None or (report.is_open and is_asking):
        return None
    if report.is_open:
        return FAULTS[QualityFault.NO_ANSWER]
    return FAULTS[report.fault] if report.fault else None


def _waiting(known: PixelQuality, *, is_asking: bool) -> Waiting | None:
    report = known.report
    if report and report.events:
        return None
    if is_asking:
        return Waiting.ASKING
    return Waiting.NO_DATA if report and report.answered_at else Waiting.NOT_ASKED


def _place(event: EventQuality) -> tuple[bool, int, str]:
    """Return what sorts the website's events first, and ours in the order of the switches."""
    return (event.variant is Variant.OFFLINE, _ORDER.get(event.event, len(_ORDER)), event.event)


def _row(event: EventQuality, known: PixelQuality, *, today: date) -> EventRow:
    is_offline = event.variant is Variant.OFFLINE
    name = f"{event.event}, offline" if is_offline else event.event
    found = range_of(event.score) if event.score is not None else None
    return EventRow(
        name=name,
        score=f"{event.score:.1f}" if event.score is not None else "",
        range=found or "No score yet",
        pill=PILLS[found] if found else ("calm", "clock"),
        is_offline=is_offline,
        keys=[_key(each) for each in event.keys],
        diagnostics=[(each, _percent(each.percentage)) for each in event.diagnostics],
        dedupe_keys=[_dedupe_key(each) for each in event.dedupe_keys],
        aspects=[_aspect(each) for each in event.aspects],
        coverage=_percent(event.coverage),
        coverage_goal=_percent(event.coverage_goal),
        freshness=frequency_words(event.freshness),
        chart=line_of(name, known.history.get(event.key, ()), today=today),
    )


def _key(key: MatchKey) -> tuple[str, str, str]:
    increase = f"+{_percent(key.increase)}" if key.increase else _UNKNOWN
    return identifier_words(key.identifier), _percent(key.coverage) or _UNKNOWN, increase


def _dedupe_key(key: DedupeKey) -> tuple[str, str, str, str]:
    shares = (_percent(each) or _UNKNOWN for each in (key.browser, key.server, key.overlap))
    browser, server, overlap = shares
    return dedupe_words(key.key), browser, server, overlap


def _aspect(aspect: Aspect) -> tuple[str, str, str]:
    score = f"{aspect.score:.1f}" if aspect.score is not None else _UNKNOWN
    return aspect_words(aspect.name), score, aspect.advice


def _percent(share: float | None) -> str:
    return f"{share:g}%" if share is not None else ""

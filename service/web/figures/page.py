"""The figures of a period, ready to print."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.events.money import Money, major
from service.domain.events.reason import NO_DETAILS, sentence
from service.domain.figures.figures import Figures, change_words, figures_by_step
from service.domain.figures.next_steps import StepKind
from service.domain.figures.quality import EventQuality, range_of
from service.domain.health.health import Health
from service.domain.tenants.tenant import Tenant
from service.usecases.figures.read_figures import PeriodFigures, steps_of
from service.usecases.figures.read_quality import PixelQuality
from service.web.charts.bars import bars_of
from service.web.charts.chart import Chart
from service.web.eventlog.reasons import row_of
from service.web.eventlog.rows import amount
from service.web.figures.coverage import CoverageRow, coverage_rows
from service.web.figures.messages import (
    StepWords,
    percent_of,
    step_words,
    time_words,
)
from service.web.figures.periods import Choice, parts_of
from service.web.request.times import LocalTime, local_time

_HALF, _MOST, _ALL = 0.5, 0.95, 1.0
_ENOUGH = 10
"""From so many conversions on, shares of them are told."""
_NONE_MISSING = "none on hold or failed"
_MEASURED_FIRST = ("web:Purchase", "offline:Purchase")


class Tone(StrEnum):
    """How a tile is meant; the values name a pill's kind."""

    GOOD = "good"
    WARN = "warn"
    CALM = "calm"


class Tile(Struct, frozen=True, kw_only=True):
    """A number with its title and what it compares with."""

    title: str
    value: str
    note: str
    tone: Tone = Tone.CALM
    hint: str = ""


class FiguresPage(Struct, frozen=True, kw_only=True):
    """Everything that the fragment shows.

    `skipped` are reasons with their numbers and sections of the documentation.
    """

    choice: Choice
    as_of: LocalTime
    counted_from: LocalTime | None
    is_behind: bool
    steps: Sequence[StepWords]
    is_all_good: bool
    tiles: Sequence[Tile]
    charts: Sequence[Chart]
    statuses: Sequence[tuple[str, str, str]]
    skipped: Sequence[tuple[str, str, str]]
    speed: str
    coverage: Sequence[CoverageRow]


def page_of(
    tenant: Tenant,
    known: PeriodFigures,
    qualities: Sequence[PixelQuality],
    *,
    health: Health,
    choice: Choice,
    now: datetime,
) -> FiguresPage:
    """Return what is shown of these figures."""
    zone = tenant.settings.timezone
    since = tenant.counting.since
    steps = steps_of(health, known)
    return FiguresPage(
        choice=choice,
        as_of=local_time(now, zone),
        counted_from=local_time(since, zone) if since and known.is_partial else None,
        is_behind=known.is_behind,
        # The set-up card above shows its own next step.
        steps=[step_words(each) for each in steps if each.kind is not StepKind.SET_UP],
        is_all_good=not steps,
        tiles=[*_headlines(known, choice, tenant), _complete(known), _quality(qualities)],
        charts=_charts(known, choice, tenant),
        statuses=_statuses(known),
        skipped=[
            (sentence(reason, NO_DETAILS), f"{number:,}", row_of(reason).section)
            for reason, number in known.figures.skipped.items()
        ],
        speed=_speed(known.figures),
        coverage=coverage_rows(known.coverage),
    )


def _currency(known: PeriodFigures, tenant: Tenant) -> str:
    """Return the currency of most of the value, else the winery's own."""
    value = known.figures.value
    return max(value, key=lambda each: value[each], default=tenant.settings.currency or "")


def _money(minor: int, currency: str) -> str:
    return amount(Money(minor=minor, currency=currency or None)) if currency else "0.00"


def _headlines(known: PeriodFigures, choice: Choice, tenant: Tenant) -> Sequence[Tile]:
    currency = _currency(known, tenant)
    value, purchases = known.figures.value.get(currency, 0), known.figures.purchases
    others = [_money(each, name) for name, each in known.figures.value.items() if name != currency]
    notes = ["", ""]
    if known.before:
        before = known.before.value.get(currency, 0), known.before.purchases
        notes = [
            change_words(now, earlier, title=choice.title)
            for now, earlier in zip((value, purchases), before, strict=True)
        ]
    return [
        Tile(
            title="Purchase value sent",
            value=_money(value, currency),
            note=", ".join([*(f"and {each}" for each in others), notes[0]]).strip(", "),
            hint="Refunds are not subtracted.",
        ),
        Tile(title="Purchases sent", value=f"{purchases:,}", note=notes[1]),
    ]


def _complete(known: PeriodFigures) -> Tile:
    sent = known.figures.conversions + known.figures.website_events
    missing = known.held + known.failed
    if sent + missing == 0:
        return Tile(title="Arrived at Meta", value="No events", note="in this time")
    return Tile(
        title="Arrived at Meta",
        value=percent_of(sent, sent + missing),
        note=f"{known.held:,} on hold, {known.failed:,} failed" if missing else _NONE_MISSING,
        tone=Tone.WARN if missing else Tone.GOOD,
    )


def _quality(qualities: Sequence[PixelQuality]) -> Tile:
    title = "Event Match Quality"
    report = qualities[0].report if qualities else None
    scored = {each.key: each for each in (report.events if report else ()) if each.score}
    chosen = next((scored[key] for key in _MEASURED_FIRST if key in scored), None)
    event: EventQuality | None = chosen or next(iter(scored.values()), None)
    if event is None or event.score is None:
        return Tile(title=title, value="No score yet", note="Meta needs about 24 hours of events")
    found = range_of(event.score)
    tone = Tone.GOOD if found in {"Excellent", "Good"} else Tone.WARN
    return Tile(title=title, value=f"{event.score:.1f}", note=f"{found}, {event.event}", tone=tone)


def _charts(known: PeriodFigures, choice: Choice, tenant: Tenant) -> Sequence[Chart]:
    zone, currency = tenant.settings.timezone, _currency(known, tenant)
    parts = parts_of(choice, known.period, zone)
    figures = figures_by_step(known.days, known.period, [at for at, _ in parts])
    names = [name for _, name in parts]
    head = "Hour" if choice.is_by_hour else "Day"
    values = [each.value.get(currency, 0) for each in figures]
    numbers = [each.conversions for each in figures]
    each_part = "per hour" if choice.is_by_hour else "per day"
    charts = [
        bars_of(
            f"Conversions sent {each_part}",
            list(zip(names, numbers, strict=True)),
            text_of=lambda number: f"{number:,}",
            heads=(head, "Conversions sent"),
        )
    ]
    if currency:
        charts.insert(
            0,
            bars_of(
                f"Purchase value sent {each_part}",
                list(zip(names, values, strict=True)),
                text_of=lambda minor: _money(minor, currency),
                heads=(head, "Value sent"),
                unit=round(1 / major(1)),
            ),
        )
    return charts


def _statuses(known: PeriodFigures) -> Sequence[tuple[str, str, str]]:
    """Return the words, the number and the log's address of each line."""
    figures = known.figures
    skipped = sum(figures.skipped.values())
    lines = [
        ("Conversions sent", figures.conversions, "/activity?status=sent"),
        ("Website events sent", figures.website_events, "/activity?show=website&status=sent"),
        ("On hold", known.held, "/activity?show=all&status=held"),
        ("Failed", known.failed, "/activity?show=all&status=error"),
        ("Skipped", skipped, "/activity?status=skipped"),
        (
            "Website events skipped",
            figures.skipped_website_events,
            "/activity?show=website&status=skipped",
        ),
    ]
    return [(words, f"{number:,}", path) for words, number, path in lines]


def _speed(figures: Figures) -> str:
    half, most, every = (figures.delay(share) for share in (_HALF, _MOST, _ALL))
    if half is None or most is None or every is None:
        return ""
    happened = "after they happened in Commerce7"
    if sum(figures.total.delays.values()) < _ENOUGH:
        return f"Your conversions reached Meta within {time_words(every)} {happened}."
    if half == most:
        return f"95% of your conversions reached Meta within {time_words(most)} {happened}."
    return (
        f"Half of your conversions reached Meta within {time_words(half)} {happened}, and 95% "
        f"within {time_words(most)}."
    )

"""The e-mail with a winery's report. It names no customer, order or token. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from service.domain.events.money import major
from service.domain.events.reason import NO_DETAILS, Reason, sentence
from service.domain.figures.figures import Figures, change_words
from service.domain.figures.quality import EventQuality, Variant, range_of
from service.domain.mail.mail import (
    Contact,
    Facts,
    Mail,
    Paragraph,
    Part,
    Points,
    closing,
    mail_of,
)
from service.domain.mail.report import PixelScores, Report
from service.domain.tenants.report_plan import ReportPeriod

_SHOWN_REASONS = 3
_ALL_WELL = "No action needed."
_PARTIAL = "1Pixel has counted only part of this period."
_NO_SCORES = "Meta has no match quality scores for your events yet."
_WHY = (
    'You get this report because "Report by e-mail" is on. To stop it, choose "No report" in '
    "1Pixel under Configuration, Log and alerts."
)


def report_mail(report: Report, *, tenant_id: str, contact: Contact) -> Mail:
    """Return the e-mail with the report."""
    name = _named(report.period)
    return mail_of(
        f"1Pixel: your report for {name} ({tenant_id})",
        [
            Paragraph(f"{name}: {_headline(report)}"),
            Paragraph(_PARTIAL if report.is_partial else ""),
            _sent(report),
            _not_sent(report),
            *_quality(report.scores),
            Points("What to do", report.to_do) if report.to_do else Paragraph(_ALL_WELL),
            *closing(contact, why=_WHY),
        ],
    )


def _headline(report: Report) -> str:
    figures = report.figures
    if figures.purchases:
        worth = _amounts(figures.value)
        return (
            f"{_counted(figures.purchases, 'purchase')}{worth and f' worth {worth}'} sent to Meta."
        )
    if figures.conversions or figures.website_events:
        return "other events were sent to Meta, but no purchases."
    return "nothing was sent to Meta."


def _sent(report: Report) -> Facts:
    now, before = report.figures, report.before
    title = f"{(report.period.until - report.period.since).days} days"

    def row(number: int, earlier: int | None) -> str:
        return f"{number:,}{_change(number, earlier, title)}"

    value = [
        f"{_amount(minor, currency)}{_change(minor, earlier, title)}"
        for currency, minor, earlier in _values(now, before)
    ]
    return Facts(
        (
            ("Purchases", row(now.purchases, before.purchases if before else None)),
            ("Value of purchases", "; ".join(value)),
            ("All conversions", row(now.conversions, before.conversions if before else None)),
            ("Website events", row(now.website_events, before.website_events if before else None)),
        ),
        title="Sent to Meta",
    )


def _values(now: Figures, before: Figures | None) -> Iterator[tuple[str, int, int | None]]:
    """Yield each currency with the value in it, now and before."""
    earlier = before.value if before else {}
    for currency in sorted({**now.value, **earlier}):
        known = earlier.get(currency, 0) if before else None
        yield currency, now.value.get(currency, 0), known


def _not_sent(report: Report) -> Facts:
    skipped = report.figures.skipped
    return Facts(
        (
            ("On hold", f"{report.held:,}"),
            ("Failed", f"{report.failed:,}"),
            ("Skipped", f"{sum(skipped.values()):,}{_reasons(skipped)}"),
        ),
        title="Not sent",
    )


def _reasons(skipped: Mapping[Reason, int]) -> str:
    """Return the most frequent reasons; the whole list stands in the dashboard."""
    most = list(skipped.items())[:_SHOWN_REASONS]
    shown = [f"{sentence(reason, NO_DETAILS)} ({number:,})" for reason, number in most]
    return f"; most often {', '.join(shown)}" if shown else ""


def _quality(scores: Sequence[PixelScores]) -> Sequence[Part]:
    tables = [
        Facts(
            [(_event(each), _score(each.score)) for each in pixel.events if each.score is not None],
            title=f"Event Match Quality of the {pixel.role} pixel on {_day(pixel.on)}",
        )
        for pixel in scores
    ]
    return [each for each in tables if each.rows] or [Paragraph(_NO_SCORES)]


def _event(event: EventQuality) -> str:
    return f"{event.event}, offline" if event.variant is Variant.OFFLINE else event.event


def _score(score: float | None) -> str:
    return f"{score:.1f} of 10, {range_of(score)}" if score is not None else ""


def _change(now: int, before: int | None, title: str) -> str:
    return f" ({change_words(now, before, title=title)})" if before is not None else ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _amounts(value: Mapping[str, int]) -> str:
    return " and ".join(_amount(minor, currency) for currency, minor in sorted(value.items()))


def _amount(minor: int, currency: str) -> str:
    return f"{major(minor):,.2f} {currency}"


def _named(period: ReportPeriod) -> str:
    """Return a month as `July 2026`, a week as `July 27 to August 2, 2026`."""
    since, last = period.since, period.last
    if since.day == 1 and period.until.day == 1:
        return f"{since:%B %Y}"
    year = f", {since.year}" if since.year != last.year else ""
    return f"{since:%B} {since.day}{year} to {_day(last)}"


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"

"""The e-mail with a report, word for word, for an empty, a good and a bad week, and a month.

The texts stand in `tests/vectors/reports/`. HTML says the same: what is read of it is the text.
"""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.figures.figures import Figures
from service.domain.figures.quality import EventQuality, OfflineEvents, QualityReport, Variant
from service.domain.figures.tally import HourTally
from service.domain.mail.mail import Contact, Mail
from service.domain.mail.report import PixelScores, Report, Situation, to_do
from service.domain.mail.report_mail import report_mail
from service.domain.tenants.report_plan import ReportPeriod
from service.domain.tenants.tenant import Role
from tests.builders import NOW, PIXEL

VECTORS = Path(__file__).parents[3] / "vectors" / "reports"
CONTACT = Contact(admin_url="https://ridge.admin.example", support_email="help@example.com")
WEEK = ReportPeriod(since=date(2026, 7, 27), until=date(2026, 8, 3))
JULY = ReportPeriod(since=date(2026, 7, 1), until=date(2026, 8, 1))
NEW_YEAR = ReportPeriod(since=date(2026, 12, 28), until=date(2027, 1, 4))
UNFINISHED = "Setup is not finished. The Overview in 1Pixel shows the next step."
OFF = "Tracking is paused. No events are sent to Meta. Events from this time are not sent later."
STEPS = ["3 events failed. See the reason in the Event Log, and send them again."]
DEAD = (
    f"Your primary pixel {PIXEL} needs a new access token. "
    "Its events are on hold until then. Meta does not accept events older than 7 days."
)


def figures(
    purchases: int = 0, leads: int = 0, views: int = 0, value: dict[str, int] | None = None
) -> Figures:
    sent = {
        EventName.PURCHASE: purchases,
        EventName.LEAD: leads,
        EventName.PAGE_VIEW: views,
    }
    skipped = {
        EventName.PURCHASE: {Reason.IMPORT: 9, Reason.REFUND: 1},
        EventName.LEAD: {Reason.REFUND: 4},
        EventName.PAGE_VIEW: {Reason.SHOPPER_REFUSED: 900},
    }
    tally = HourTally(sent=sent, skipped=skipped if purchases else {}, value=value or {})
    return Figures(total=tally)


def scores(*found: tuple[str, float | None, Variant]) -> PixelScores:
    events = [EventQuality(event=n, score=score, variant=variant) for n, score, variant in found]
    return PixelScores(role=Role.PRIMARY, pixel_id=PIXEL, on=date(2026, 8, 2), events=events)


def weak(pixel_id: str = PIXEL) -> QualityReport:
    events = (
        EventQuality(event="Purchase", score=4.8),
        EventQuality(event="Lead", score=5.94),
        EventQuality(event="Subscribe", score=7.0),
    )
    return QualityReport(
        pixel_id=pixel_id,
        token_version="v",
        asked_at=NOW,
        events=events,
        offline=OfflineEvents.NOT_TAKEN,
    )


def situation(**changes: object) -> Situation:
    known = {
        "is_quiet": False,
        "steps": [],
        "quality": [],
        "sends_tasting_room": True,
    }
    return Situation(**(known | changes))  # type: ignore[arg-type]  # the known ones, changed


REPORTS = {
    "empty": Report(
        period=WEEK,
        figures=figures(),
        before=None,
        is_partial=True,
        held=0,
        failed=0,
        scores=[],
        to_do=to_do(situation(steps=[UNFINISHED])),
    ),
    "good": Report(
        period=WEEK,
        figures=figures(37, 14, 4321, {"USD": 1234567, "EUR": 50000}),
        before=figures(31, 14, 0, {"USD": 1000000}),
        is_partial=False,
        held=0,
        failed=0,
        scores=[
            scores(
                ("Purchase", 8.4, Variant.WEB),
                ("Purchase", 6.6, Variant.OFFLINE),
                ("Lead", None, Variant.WEB),
            )
        ],
        to_do=to_do(situation()),
    ),
    "bad": Report(
        period=NEW_YEAR,
        figures=figures(1, 0, 0, {"USD": 1999}),
        before=figures(8, 2, 100, {"USD": 100000}),
        is_partial=False,
        held=1204,
        failed=3,
        scores=[scores(("Purchase", 4.8, Variant.WEB), ("Lead", 5.94, Variant.WEB))],
        to_do=to_do(situation(steps=[DEAD, *STEPS], quality=[weak(), weak()])),
    ),
    "month": Report(
        period=JULY,
        figures=figures(0, 2, 0),
        before=figures(0, 2, 0),
        is_partial=False,
        held=0,
        failed=0,
        scores=[],
        to_do=to_do(situation(steps=[OFF])),
    ),
}


def mail(name: str) -> Mail:
    return report_mail(REPORTS[name], tenant_id="ridge", contact=CONTACT)


def words(text: str) -> list[str]:
    return re.findall(r"[\w.%+-]+", text)


class TestAReport:
    @pytest.mark.parametrize("name", REPORTS)
    def test_reads_like_this(self, name: str) -> None:
        found = mail(name)
        expected = (VECTORS / f"{name}.txt").read_text()
        assert f"Subject: {found.subject}\n\n{found.text}" == expected

    @pytest.mark.parametrize("name", REPORTS)
    def test_says_the_same_as_html(self, name: str) -> None:
        found = mail(name)
        read = unescape(re.sub(r"<head>.*</head>|<[^>]+>", " ", found.html, flags=re.DOTALL))
        marks = {"-", "https", "ridge.admin.example"}
        assert [each for each in words(read) if each not in marks] == [
            each for each in words(found.text) if each not in marks
        ]

    def test_shows_names_that_meta_gives_as_text(self) -> None:
        hostile = scores(("<b>x</b>", 7.0, Variant.WEB))
        report = Report(
            period=WEEK, figures=figures(), before=None, is_partial=False, held=0, failed=0,
            scores=[hostile], to_do=[],
        )  # fmt: skip
        html = report_mail(report, tenant_id="ridge", contact=CONTACT).html
        assert "<b>" not in html
        assert "&lt;b&gt;x&lt;/b&gt;" in html


class TestWhatToDo:
    def test_is_to_look_where_nothing_was_sent(self) -> None:
        (step,) = to_do(situation(is_quiet=True))
        assert "see why in the Event Log" in step

    def test_is_nothing_where_all_is_well(self) -> None:
        assert to_do(situation()) == []

    def test_leaves_the_tasting_room_out_where_its_sales_are_not_sent(self) -> None:
        found = to_do(situation(quality=[weak()], sends_tasting_room=False))
        assert [each[:13] for each in found] == ["Match quality"]

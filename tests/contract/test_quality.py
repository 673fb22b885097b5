"""What every store of reports of quality, and of daily records, must do. Runs on each engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import msgspec

from service.domain.copies import replace
from service.domain.figures.daily_record import DailyRecord, DayScores
from service.domain.figures.quality import (
    Aspect,
    DedupeKey,
    Diagnostic,
    EventQuality,
    MatchKey,
    OfflineEvents,
    QualityFault,
    QualityReport,
    Variant,
)
from service.domain.tenants.tenant import Role
from service.ports import Days, QualityReports
from tests.builders import NOW, PIXEL, TENANT
from tests.contract.conftest import Engine

REPORT = QualityReport(
    pixel_id=PIXEL,
    token_version="v",
    asked_at=NOW,
    answered_at=NOW,
    fault=QualityFault.NO_ANSWER,
    code=2,
    offline=OfflineEvents.UNTOLD,
    events=(
        EventQuality(
            event="Purchase",
            variant=Variant.OFFLINE,
            score=7.2,
            keys=(MatchKey(identifier="email", coverage=100.0, increase=5.5),),
            diagnostics=(Diagnostic(name="Zoë 🍷", percentage=1.5),),
            dedupe_keys=(DedupeKey(key="event_id", overlap=3.0),),
            aspects=(Aspect(name="freshness", score=2.0, advice="Sooner."),),
            freshness="hourly",
        ),
    ),
)
LATER = replace(REPORT, asked_at=NOW + timedelta(hours=1))
TODAY = date(2026, 8, 5)
DAY = timedelta(days=1)
SCORES = DayScores(pixel_id=PIXEL, scores={"web:Lead": 7.2})


def with_lead(day: DailyRecord) -> DailyRecord:
    return day.with_scores(Role.PRIMARY, SCORES)


class TestAReport:
    def test_comes_back_as_written_for_one_tenant_and_role(self, quality: QualityReports) -> None:
        assert quality.find(TENANT, Role.PRIMARY) is None
        assert quality.replace(TENANT, Role.PRIMARY, REPORT, over=None)
        assert quality.find(TENANT, Role.PRIMARY) == REPORT
        assert quality.find(TENANT, Role.SECONDARY) is None
        assert quality.find("other-winery", Role.PRIMARY) is None

    def test_is_written_by_the_first_of_two(self, quality: QualityReports) -> None:
        assert quality.replace(TENANT, Role.PRIMARY, REPORT, over=None)
        assert not quality.replace(TENANT, Role.PRIMARY, LATER, over=None)
        assert quality.replace(TENANT, Role.PRIMARY, LATER, over=REPORT)
        assert not quality.replace(TENANT, Role.PRIMARY, LATER, over=REPORT)
        assert quality.find(TENANT, Role.PRIMARY) == LATER

    def test_is_written_by_one_of_many_at_once(self, quality: QualityReports) -> None:
        assert quality.replace(TENANT, Role.PRIMARY, REPORT, over=None)

        def write(minutes: int) -> bool:
            mine = replace(REPORT, asked_at=NOW + timedelta(minutes=minutes))
            return quality.replace(TENANT, Role.PRIMARY, mine, over=REPORT)

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(write, range(1, 9))) == 1

    def test_goes_with_all_of_the_tenant(self, quality: QualityReports) -> None:
        for tenant_id in (TENANT, "other-winery"):
            for role in Role:
                assert quality.replace(tenant_id, role, REPORT, over=None)
        quality.drop_all(TENANT)
        assert [quality.find(TENANT, role) for role in Role] == [None, None]
        assert quality.find("other-winery", Role.SECONDARY) == REPORT

    def test_of_a_newer_release_is_read_in_part_or_asked_for_again(self, engine: Engine) -> None:
        quality = engine.quality
        assert quality.replace(TENANT, Role.PRIMARY, REPORT, over=None)
        newer = msgspec.to_builtins(REPORT) | {
            "fault": "something new",
            "offline": "else",
            "more": 1,
        }
        engine.overwrite("quality", "primary", "doc", msgspec.json.encode(newer))
        known = replace(REPORT, fault=None, offline=None)
        assert quality.find(TENANT, Role.PRIMARY) == known
        assert quality.replace(TENANT, Role.PRIMARY, LATER, over=known)
        engine.overwrite("quality", "primary", "doc", b'{"pixel_id":7}')
        assert quality.find(TENANT, Role.PRIMARY) is None
        assert quality.replace(TENANT, Role.PRIMARY, LATER, over=None)
        assert quality.find(TENANT, Role.PRIMARY) == LATER


class TestADay:
    def test_is_changed_from_what_it_is(self, days: Days) -> None:
        days.update(TENANT, TODAY, with_lead)
        days.update(TENANT, TODAY, lambda day: day.with_scores(Role.SECONDARY, SCORES))
        assert days.since(TENANT, TODAY) == [
            DailyRecord(day=TODAY, quality={Role.PRIMARY: SCORES, Role.SECONDARY: SCORES})
        ]
        assert days.since("other-winery", TODAY) == []

    def test_is_found_from_its_date_on_and_dropped_before_it(self, days: Days) -> None:
        for ago in (0, 31, 1, 9):
            days.update(TENANT, TODAY - ago * DAY, with_lead)
        found = days.since(TENANT, TODAY - 9 * DAY)
        assert [each.day for each in found] == [TODAY - ago * DAY for ago in (9, 1, 0)]
        days.drop_before(TENANT, TODAY - DAY)
        kept = days.since(TENANT, TODAY - 99 * DAY)
        assert [each.day for each in kept] == [TODAY - DAY, TODAY]

    def test_goes_with_all_of_the_tenant(self, days: Days) -> None:
        for tenant_id in (TENANT, "other-winery"):
            days.update(tenant_id, TODAY, with_lead)
        days.drop_all(TENANT)
        assert days.since(TENANT, TODAY) == []
        assert len(days.since("other-winery", TODAY)) == 1

    def test_of_a_newer_release_keeps_what_this_one_does_not_know(self, engine: Engine) -> None:
        engine.days.update(TENANT, TODAY, with_lead)
        newer = msgspec.to_builtins(with_lead(DailyRecord(day=TODAY))) | {"orders": 7}
        engine.overwrite("days", str(TODAY), "doc", msgspec.json.encode(newer))
        engine.days.update(TENANT, TODAY, lambda day: day.with_scores(Role.SECONDARY, SCORES))
        assert '"orders":7' in engine.text("days", str(TODAY), "doc")
        assert len(engine.days.since(TENANT, TODAY)[0].quality) == 2

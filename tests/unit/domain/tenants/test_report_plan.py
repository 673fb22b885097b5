"""When a report is due, by the winery's own clock, and that each period is told once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.tenants.notices import Notices, seen
from service.domain.tenants.report_plan import MOST_TRIES, Frequency, ReportPeriod, ReportPlan
from tests.builders import NOW

HOUR = timedelta(hours=1)
RIDGE, AUCKLAND = "America/Los_Angeles", "Pacific/Auckland"


def plan(frequency: Frequency = "weekly", *, at: datetime = NOW, zone: str = RIDGE) -> ReportPlan:
    return ReportPlan().switched(frequency, now=at, zone=zone)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class TestAReport:
    @pytest.mark.parametrize(
        ("frequency", "zone", "due", "since", "last"),
        [
            ("weekly", RIDGE, "2026-08-10T07:00-07:00", "2026-08-03", "2026-08-09"),
            ("weekly", AUCKLAND, "2026-08-10T07:00+12:00", "2026-08-03", "2026-08-09"),
            ("weekly", "", "2026-08-10T07:00+00:00", "2026-08-03", "2026-08-09"),
            ("monthly", RIDGE, "2026-09-01T07:00-07:00", "2026-08-01", "2026-08-31"),
            ("monthly", AUCKLAND, "2026-09-01T07:00+12:00", "2026-08-01", "2026-08-31"),
        ],
    )
    def test_is_due_in_the_winerys_own_morning(
        self, frequency: Frequency, zone: str, due: str, since: str, last: str
    ) -> None:
        known = plan(frequency, zone=zone)
        assert known.due_at(zone) == at(due)
        assert known.period_due(at(due) - timedelta(seconds=1), zone) is None
        period = known.period_due(at(due), zone)
        assert period
        assert (str(period.since), str(period.last)) == (since, last)

    def test_keeps_its_hour_when_the_clocks_change(self) -> None:
        known = plan(at=at("2026-10-26T12:00-07:00"))
        assert known.due_at(RIDGE) == at("2026-11-02T07:00-08:00")

    def test_is_never_due_while_it_is_off(self) -> None:
        known = plan().switched("off", now=NOW, zone=RIDGE)
        for each in (ReportPlan(), known):
            assert each.due_at(RIDGE) is None
            assert each.period_due(NOW + timedelta(days=99), RIDGE) is None

    def test_switched_on_in_the_morning_is_of_the_period_that_ended(self) -> None:
        known = plan(at=at("2026-08-10T06:59-07:00"))
        assert known.due_at(RIDGE) == at("2026-08-10T07:00-07:00")

    def test_of_missed_periods_is_sent_for_the_last_one_alone(self) -> None:
        late = at("2026-08-26T12:00-07:00")
        period = plan().period_due(late, RIDGE)
        assert period == ReportPeriod(since=date(2026, 8, 17), until=date(2026, 8, 24))
        assert plan().told(period).due_at(RIDGE) == at("2026-08-31T07:00-07:00")

    def test_is_not_of_a_told_period_again_in_another_zone_or_when_it_is_switched_on_again(
        self,
    ) -> None:
        now = at("2026-08-10T07:00+12:00")
        period = plan(zone=AUCKLAND).period_due(now, AUCKLAND)
        assert period
        told = plan(zone=AUCKLAND).told(period)
        assert told.due_at(RIDGE) == at("2026-08-17T07:00-07:00")
        off = told.switched("off", now=now, zone=RIDGE)
        assert off.switched("weekly", now=now, zone=RIDGE).due_at(RIDGE) == told.due_at(RIDGE)

    def test_is_tried_again_with_growing_pauses_and_given_up(self) -> None:
        known, now = plan(), at("2026-08-10T07:00-07:00")
        period = known.period_due(now, RIDGE)
        assert period
        pauses = []
        for _ in range(MOST_TRIES - 1):
            known = known.refused(period, now=now)
            due = known.due_at(RIDGE)
            assert due
            assert known.period_due(due, RIDGE) == period
            pauses.append((due - now) // timedelta(minutes=1))
            now = due
        assert pauses == [10, 20, 40, 80, 160, 320]
        given_up = known.refused(period, now=now)
        assert given_up == plan().told(period)


@given(
    st.sampled_from(["weekly", "monthly"]),
    st.sampled_from([RIDGE, AUCKLAND, "Asia/Kolkata", "UTC"]),
    st.lists(st.integers(min_value=1, max_value=24 * 40), min_size=1, max_size=30),
)
def test_periods_follow_each_other_without_overlap(
    frequency: Frequency, zone: str, steps: list[int]
) -> None:
    known, now = plan(frequency, zone=zone), NOW
    last = known.told_until
    assert last
    for hours in steps:
        now += hours * HOUR
        if period := known.period_due(now, zone):
            assert period.since >= last
            assert period.until <= now.date() + timedelta(days=1)
            last, known = period.until, known.told(period)
            assert known.period_due(now, zone) is None


class TestNotices:
    def test_are_looked_at_when_a_report_is_due(self) -> None:
        report = plan()
        assert Notices(report=report).due_at(RIDGE) == report.due_at(RIDGE)
        assert Notices(report=report, look_at=NOW).due_at(RIDGE) == NOW
        assert Notices().due_at(RIDGE) is None

    def test_keep_the_plan_when_alerts_begin_and_end(self) -> None:
        notices = seen(Notices(report=plan()), {"stuck": None}, now=NOW)
        assert seen(notices, {}, now=NOW + HOUR).report == plan()

"""A winery's report: on its own Monday or first of the month, once, also after kills."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.figures.quality import EventQuality, OfflineEvents, QualityAnswer
from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.report_plan import MOST_TRIES
from service.domain.tenants.tenant import Due, Role
from service.ports import StoreUnavailableError
from service.usecases.alerts.notify import Notified
from service.usecases.figures.read_quality import refresh_quality
from tests.builders import NOW, TENANT, TOKEN, a_signal, an_order, some_settings
from tests.conftest import World
from tests.tenants import put, save_installation, save_shop
from tests.unit.usecases.interruptions import preceded
from tests.unit.usecases.office import ADDRESS, MINUTE, Office, an_office, chosen

HOUR = timedelta(hours=1)
# Midnight of a Wednesday in London; in California Monday comes five days and 14 hours later.
MONDAY = timedelta(days=5, hours=14)
RIDGE = "America/Los_Angeles"
SENT = Notified(sent=("report",))


@pytest.fixture
def office(world: World) -> Office:
    return an_office(world)


def weekly(**changes: Any) -> Any:
    return chosen(report="weekly", timezone=RIDGE, **changes)


def is_due(office: Office) -> bool:
    return TENANT in office.services.tenants.due(Due.NOTICES, now=office.clock(), limit=9)


class TestAReport:
    def test_comes_on_the_winerys_monday_morning_with_the_weeks_figures(
        self, office: Office
    ) -> None:
        office.install(weekly())
        office.receive(a_signal(an_order()))
        office.run_tasks()
        office.connections.scores = QualityAnswer(
            events=(EventQuality(event="Purchase", score=8.4),)
        )
        office.connections.offline = OfflineEvents.NOT_TAKEN
        refresh_quality(TENANT, Role.PRIMARY, services=office.services)
        office.clock.advance(MONDAY - MINUTE)
        office.sweep()
        office.run_tasks()
        assert office.mailer.mails == []
        office.pass_time(3)
        ((to, subject, text),) = office.mailer.mails
        assert to == ADDRESS
        assert subject == f"1Pixel: your report for August 3 to August 9, 2026 ({TENANT})"
        for said in (
            "1 purchase worth 115.84 USD sent to Meta", "Purchase: 8.4 of 10, Excellent",
            "connect Offline to its dataset", "https://admin.example", 'choose "No report"',
        ):  # fmt: skip
            assert said in text
        for secret in (TOKEN, "order-1", "2101", "Casey", "example.com/"):
            assert secret not in text + office.mailer.htmls[0]

    def test_comes_every_week_and_every_month(self, office: Office) -> None:
        for report, subjects in (
            ("weekly", ["August 3 to August 9, 2026", "August 10 to August 16, 2026"]),
            ("monthly", ["August 2026", "September 2026"]),
        ):
            office.mailer.mails.clear()
            office.install(chosen(report=report, timezone=RIDGE))
            for _ in range(24 * (14 if report == "weekly" else 53)):
                office.clock.advance(HOUR)
                office.report()
            assert office.subjects == [
                f"1Pixel: your report for {name} ({TENANT})" for name in subjects
            ]

    def test_follows_the_zone_that_the_shop_tells_later(self, office: Office) -> None:
        office.install(chosen(report="weekly", timezone=None))
        shop = Shop(timezone="Pacific/Auckland")
        save_shop(office.services.tenants, TENANT, shop, due_at=NOW + timedelta(days=99))
        office.clock.advance(timedelta(days=4, hours=19))
        assert is_due(office)
        assert office.report() == SENT

    def test_tells_of_alerts_and_of_a_tracking_that_is_off(self, office: Office) -> None:
        office.install(weekly())
        office.lose_its_token()
        office.clock.advance(MONDAY)
        assert office.report() == SENT
        assert (
            "needs a new access token. Its events are on hold until then"
            in office.mailer.mails[-1][2]
        )
        assert (
            "- 1 event on hold. It is sent once the cause is fixed." in office.mailer.mails[-1][2]
        )
        office.install(weekly(enabled=False))
        office.clock.advance(timedelta(days=7))
        assert office.report() == SENT
        assert "- Tracking is paused. No events are sent" in office.mailer.mails[-1][2]


class TestNoReport:
    def test_comes_while_none_is_chosen(self, office: Office) -> None:
        office.install(chosen(timezone=RIDGE))
        office.clock.advance(timedelta(days=40))
        assert not is_due(office)
        assert office.report() == Notified()

    def test_comes_after_it_was_switched_off(self, office: Office) -> None:
        office.install(weekly())
        office.install(chosen(timezone=RIDGE))
        office.clock.advance(MONDAY)
        assert not is_due(office)
        assert office.report() == Notified()

    @pytest.mark.parametrize("lacks", ["mail server", "address", "installation"])
    def test_comes_where_none_can_and_its_time_passes(self, office: Office, lacks: str) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)
        if lacks == "mail server":
            office = replace(office, services=replace(office.services, mailer=None))
        elif lacks == "address":
            put(office.services.tenants, TENANT, choices=some_settings(report="weekly"))
        else:
            removed = Installation(state=InstallState.REMOVED)
            save_installation(office.services.tenants, TENANT, removed)
        assert is_due(office)
        assert office.report() == Notified()
        assert not is_due(office)
        assert office.mailer.tries == 0


class TestTwoTasks:
    @pytest.fixture(autouse=True)
    def with_a_due_report(self, office: Office) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)

    def test_one_after_the_other_send_one(self, office: Office) -> None:
        assert [office.report() for _ in range(3)] == [SENT, Notified(), Notified()]

    def test_at_once_send_one(self, office: Office) -> None:
        office.mailer.meanwhile = lambda: found.append(office.report())
        found: list[Notified] = []
        assert office.report() == SENT
        assert found == [Notified()]
        assert len(office.mailer.mails) == 1

    def test_that_have_read_the_same_plan_send_one(self, office: Office) -> None:
        def report_too() -> None:
            assert office.report() == SENT

        tenants = preceded(office.services.tenants, "update", by=report_too)
        slow = replace(office, services=replace(office.services, tenants=tenants))
        assert slow.report() == Notified()
        assert len(office.mailer.mails) == 1


class TestADeath:
    @pytest.fixture(autouse=True)
    def with_a_due_report(self, office: Office) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)

    @pytest.mark.parametrize("number", range(1, 4))
    def test_at_any_write_sends_it_once_at_most(self, office: Office, number: int) -> None:
        """Writes count the events, and record the report as told. A mail is sent after both."""

        def die() -> None:
            raise KeyboardInterrupt

        tenants = preceded(office.services.tenants, "update", by=die, at=number)
        dying = replace(office, services=replace(office.services, tenants=tenants))
        try:
            dying.report()
        except KeyboardInterrupt:
            assert office.mailer.mails == []
        office.pass_time(30)
        assert len(office.mailer.mails) == 1

    def test_while_the_mail_server_takes_it_sends_no_second_one(self, office: Office) -> None:
        def die() -> None:
            raise KeyboardInterrupt

        office.mailer.meanwhile = die
        with pytest.raises(KeyboardInterrupt):
            office.report()
        office.mailer.meanwhile = lambda: None
        office.pass_time(120)
        assert office.mailer.tries == 1
        office.clock.advance(timedelta(days=7))
        assert office.report() == SENT

    def test_of_a_count_lets_it_wait_until_noon_and_longer_but_not_for_ever(
        self, office: Office
    ) -> None:
        def be_down() -> None:
            raise StoreUnavailableError("the store did not answer")

        events = preceded(office.services.events, "final", by=be_down, at=None)
        down = replace(office, services=replace(office.services, events=events))
        for _ in range(12):
            assert down.report() == Notified()
            assert is_due(office)
            office.clock.advance(HOUR)
        assert down.report() == SENT
        assert "counted only part" in office.mailer.mails[0][2]

    def test_of_the_store_leaves_it_due(self, office: Office) -> None:
        def be_down() -> None:
            raise StoreUnavailableError("the store did not answer")

        days = preceded(office.services.days, "since", by=be_down, at=None)
        down = replace(office, services=replace(office.services, days=days))
        with pytest.raises(StoreUnavailableError):
            down.report()
        assert office.report() == SENT


class TestAMailServerThatIsDown:
    def test_is_asked_again_for_some_hours_and_then_next_week(self, office: Office) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)
        office.mailer.is_shut = True
        assert office.report() == Notified(failed=("report",), cause="ConnectionRefusedError")
        for _ in range(12 * 6):
            office.clock.advance(10 * MINUTE)
            office.report()
        assert office.mailer.tries == MOST_TRIES
        assert not is_due(office)
        office.mailer.is_shut = False
        office.clock.advance(timedelta(days=7))
        assert office.report() == SENT
        assert "August 10 to August 16" in office.subjects[0]

    def test_does_not_undo_that_the_report_was_switched_off_meanwhile(self, office: Office) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)
        office.mailer.is_shut = True
        office.mailer.meanwhile = lambda: office.install(chosen(timezone=RIDGE))
        office.report()
        office.mailer.is_shut = False
        office.pass_time(60)
        assert office.mailer.mails == []

    def test_gets_it_once_it_works(self, office: Office) -> None:
        office.install(weekly())
        office.clock.advance(MONDAY)
        office.mailer.is_shut = True
        office.report()
        office.mailer.is_shut = False
        office.pass_time(60)
        assert len(office.mailer.mails) == 1
        assert "August 3 to August 9" in office.subjects[0]

"""When Meta is asked about match quality, and what is kept of its answers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.figures.daily_record import DAYS_KEPT, SCORE_DAYS, DailyRecord, DayScores
from service.domain.figures.quality import (
    EventQuality,
    OfflineEvents,
    QualityAnswer,
    QualityFault,
    QualityReport,
)
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Pixel, Pixels, Role
from service.usecases.figures.read_quality import (
    read_quality,
    refresh_all_quality,
    refresh_quality,
)
from service.usecases.tenants.erase_tenant import erase_tenant
from tests.builders import NOW, PIXEL, SECOND_PIXEL, TENANT, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import remove_tokens, save_token

HOUR = timedelta(hours=1)
LEAD = EventQuality(event="Lead", score=7.2)


def refresh(world: World, role: Role = Role.PRIMARY) -> QualityReport | None:
    return refresh_quality(TENANT, role, services=world.services)


def asked(world: World) -> list[str]:
    return [what for what, _ in world.connections.asked]


def days(world: World) -> list[DailyRecord]:
    return list(world.services.days.since(TENANT, date.min))


class TestMeta:
    def test_is_asked_once_an_hour(self, world: World) -> None:
        world.install()
        world.connections.scores = QualityAnswer(events=(LEAD,))
        first = refresh(world)
        assert first
        assert (first.events, first.answered_at, first.fault) == ((LEAD,), NOW, None)
        world.clock.advance(HOUR - timedelta(seconds=1))
        assert refresh(world) == first
        assert asked(world) == [f"quality of {PIXEL}"]
        world.clock.advance(timedelta(seconds=1))
        refresh(world)
        assert asked(world) == [f"quality of {PIXEL}"] * 2

    def test_is_asked_once_by_two_who_look_while_it_answers(self, world: World) -> None:
        world.install()
        world.connections.meanwhile = lambda: seen.append(refresh(world))
        seen: list[QualityReport | None] = []
        refresh(world)
        assert asked(world) == [f"quality of {PIXEL}"]
        assert [each and each.answered_at for each in seen] == [None]

    def test_is_asked_once_by_two_who_look_at_the_same_moment(self, world: World) -> None:
        """Both have read the old report before either writes: one compare-and-swap loses."""
        world.install()
        both = Barrier(2)
        reports = world.services.quality

        class Together:
            def find(self, tenant_id: str, role: Role) -> QualityReport | None:
                found = reports.find(tenant_id, role)
                both.wait(timeout=5)
                return found

            def __getattr__(self, name: str) -> object:
                return getattr(reports, name)

        services = replace(world.services, quality=Together())  # type: ignore[arg-type]  # a port
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(refresh_quality, TENANT, Role.PRIMARY, services=services)
                for _ in range(2)
            ]
            for job in jobs:
                job.result()
        assert asked(world) == [f"quality of {PIXEL}"]

    def test_is_asked_at_once_about_another_token_or_pixel(self, world: World) -> None:
        world.install()
        world.connections.scores = QualityAnswer(events=(LEAD,))
        refresh(world)
        sealed = world.services.vault.seal(TENANT, b"another-token")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)
        world.connections.scores = QualityAnswer(fault=QualityFault.NO_ANSWER)
        after = refresh(world)
        assert after
        assert after.events == (LEAD,)
        assert world.connections.asked[-1] == (f"quality of {PIXEL}", "another-token")
        world.install(some_settings(pixels=Pixels(primary=Pixel(id=SECOND_PIXEL))))
        other = refresh(world)
        assert other
        assert other.events == ()
        assert asked(world)[-1] == f"quality of {SECOND_PIXEL}"

    def test_is_not_asked_without_a_token_a_pixel_or_an_installation(self, world: World) -> None:
        assert refresh(world) is None
        world.install()
        assert refresh(world, Role.SECONDARY) is None
        remove_tokens(world.services.tenants, TENANT)
        assert refresh(world) is None
        assert asked(world) == []

    def test_is_not_asked_with_a_token_that_cannot_be_read(self, world: World) -> None:
        world.install()
        save_token(world.services.tenants, TENANT, Role.PRIMARY, "of an older key")
        found = refresh(world)
        assert found
        assert found.fault is QualityFault.UNREADABLE_TOKEN
        assert asked(world) == []


class TestAFault:
    def test_leaves_the_last_scores_until_there_are_new_ones(self, world: World) -> None:
        world.install()
        world.connections.scores = QualityAnswer(events=(LEAD,))
        refresh(world)
        world.clock.advance(HOUR)
        world.connections.scores = QualityAnswer(fault=QualityFault.NOT_ALLOWED, code=10)
        found = refresh(world)
        assert found
        assert (found.events, found.answered_at) == ((LEAD,), NOW)
        assert (found.fault, found.code) == (QualityFault.NOT_ALLOWED, 10)
        world.clock.advance(HOUR)
        world.connections.scores = QualityAnswer()
        found = refresh(world)
        assert found
        assert (found.events, found.fault, found.code) == ((), None, None)
        assert found.answered_at == NOW + 2 * HOUR


class TestOfflineEvents:
    def test_are_asked_about_with_the_scores(self, world: World) -> None:
        world.install()
        for told, kept in (
            (OfflineEvents.NOT_TAKEN, OfflineEvents.NOT_TAKEN),
            (None, OfflineEvents.NOT_TAKEN),
            (OfflineEvents.TAKEN, OfflineEvents.TAKEN),
        ):
            world.connections.offline = told
            for _ in range(2):
                found = refresh(world)
                assert found
                assert found.offline is kept
            world.clock.advance(HOUR)
        assert world.connections.asked_offline == [PIXEL] * 3

    @pytest.mark.parametrize(
        "changes",
        [{"channels": {Channel.POS: False}}, {"events": {EventName.PURCHASE: False}},
         {"enabled": False}],
    )  # fmt: skip
    def test_are_not_asked_about_where_no_sales_are_sent(
        self, world: World, changes: dict[str, Any]
    ) -> None:
        world.install(some_settings(**changes))
        found = refresh(world)
        assert found
        assert (found.offline, world.connections.asked_offline) == (None, [])

    @pytest.mark.parametrize("fault", QualityFault)
    def test_are_asked_about_unless_the_token_or_meta_is_out(
        self, world: World, fault: QualityFault
    ) -> None:
        world.install()
        world.connections.scores = QualityAnswer(fault=fault)
        refresh(world)
        is_refusal = fault in {
            QualityFault.NOT_ALLOWED,
            QualityFault.UNKNOWN_PIXEL,
            QualityFault.REFUSED,
        }
        assert world.connections.asked_offline == [PIXEL] * is_refusal


class TestADay:
    def test_keeps_the_last_scores_of_each_pixel(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels(), timezone="America/Los_Angeles"))
        world.connections.scores = QualityAnswer(events=(LEAD, EventQuality(event="Purchase")))
        refresh_all_quality(TENANT, services=world.services)
        world.clock.advance(HOUR)
        world.connections.scores = QualityAnswer(events=(replace(LEAD, score=8.0),))
        refresh(world)
        (day,) = days(world)
        # Midnight in London is still yesterday in California.
        assert day == DailyRecord(
            day=date(2026, 8, 4),
            quality={
                Role.PRIMARY: DayScores(pixel_id=PIXEL, scores={"web:Lead": 8.0}),
                Role.SECONDARY: DayScores(pixel_id=SECOND_PIXEL, scores={"web:Lead": 7.2}),
            },
        )

    def test_without_scores_has_no_record(self, world: World) -> None:
        world.install()
        refresh(world)
        assert days(world) == []

    def test_is_shown_for_a_month_and_for_its_pixel_only(self, world: World) -> None:
        world.install()
        world.connections.scores = QualityAnswer(events=(LEAD,))
        for _ in range(DAYS_KEPT + 3):
            refresh_all_quality(TENANT, services=world.services)
            world.clock.advance(timedelta(days=1))
        assert len(days(world)) == DAYS_KEPT
        tenant = world.services.tenants.find(TENANT)
        assert tenant
        (known,) = read_quality(tenant, has_history=True, services=world.services)
        assert len(known.history["web:Lead"]) == SCORE_DAYS - 1  # today has no score yet
        world.install(some_settings(pixels=Pixels(primary=Pixel(id=SECOND_PIXEL))))
        tenant = world.services.tenants.find(TENANT)
        assert tenant
        (known,) = read_quality(tenant, has_history=True, services=world.services)
        assert (known.history, known.report, known.is_due) == ({}, None, True)

    def test_goes_with_the_tenant(self, world: World) -> None:
        world.install()
        world.connections.scores = QualityAnswer(events=(LEAD,))
        refresh(world)
        erase_tenant(TENANT, services=world.services)
        assert days(world) == []
        assert world.services.quality.find(TENANT, Role.PRIMARY) is None

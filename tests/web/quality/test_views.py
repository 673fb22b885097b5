"""The cards of match quality on both tabs, for every answer of Meta's, and when Meta is asked."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.figures import quality
from service.domain.figures.quality import QualityAnswer, QualityFault, QualityReport
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Pixels, Role
from service.meta.quality import read_quality
from service.ports import StoreUnavailableError
from service.usecases.tasks import shop_task
from service.web.quality.messages import FAULTS
from service.web.request.current import SERVICES
from tests.builders import (
    NOW,
    PIXEL,
    SECOND_PIXEL,
    TENANT,
    one_pixel_twice,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.dataset_quality import PURCHASE, TILL
from tests.fakes import OneCaller
from tests.reading import tree_of
from tests.tenants import put, remove_tokens, save_shop

TABS = ["/overview", "/activity"]
ASKS = re.compile(r'hx-get="(/quality/[^"]+)"')


def get(client: FlaskClient, world: World, path: str, role: str = "Admin Owner") -> str:
    answer = client.get(path, headers=world.staff(role=role))
    assert answer.status_code == 200
    return answer.text


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def meta_says(world: World, body: object, status: int = 200) -> None:
    world.connections.scores = read_quality(status, json.dumps(body).encode(), {})


def asked(world: World) -> list[str]:
    return [what for what, _ in world.connections.asked]


def scored(score: float) -> dict[str, object]:
    return {"event_name": "Lead", "event_match_quality": {"composite_score": score}}


class TestMeta:
    @pytest.mark.parametrize("tab", TABS)
    def test_is_asked_by_the_fragment_of_a_shown_tab_and_never_by_the_tab(
        self, client: FlaskClient, world: World, tab: str
    ) -> None:
        world.install(some_settings(pixels=two_pixels()))
        meta_says(world, {"web": [PURCHASE]})
        page = get(client, world, tab)
        assert asked(world) == []
        fragments = ASKS.findall(page)
        assert len(fragments) == 2
        for fragment in fragments:
            card = get(client, world, fragment)
            assert "7.2" in card
            assert ASKS.findall(card) == []
        assert asked(world) == [f"quality of {PIXEL}", f"quality of {SECOND_PIXEL}"]
        told = client.get(fragments[0], headers=world.staff()).headers
        assert told["HX-Trigger"] == "quality-changed"  # The figures show the score, too.
        page = get(client, world, tab)
        assert ASKS.findall(page) == []
        assert page.count("7.2") == 2
        world.clock.advance(timedelta(hours=1))
        assert len(ASKS.findall(get(client, world, tab))) == 2

    def test_is_never_asked_by_a_poll(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert ASKS.findall(get(client, world, "/overview"))
        polled = get(client, world, "/overview?mark=another")
        assert ASKS.findall(polled) == []
        assert "are not loaded yet" in polled
        assert "quality" not in get(client, world, "/activity/table?mark=another")

    def test_is_asked_by_a_few_at_once_and_the_others_see_what_is_stored(
        self, client: FlaskClient, world: World
    ) -> None:
        for number in range(5):
            world.install(tenant_id=f"winery-{number}")
        waiting = iter(range(1, 5))
        cards = []

        def meanwhile() -> None:
            if (number := next(waiting, None)) is not None:
                headers = world.staff(f"winery-{number}")
                cards.append(client.get("/quality/primary", headers=headers).text)

        world.connections.meanwhile = meanwhile
        client.get("/quality/primary", headers=world.staff("winery-0"))
        assert len(asked(world)) == 3
        assert "are not loaded yet" in cards[0]

    @pytest.mark.parametrize("role", ["secondary", "tertiary"])
    def test_is_not_asked_about_a_role_without_a_pixel(
        self, client: FlaskClient, world: World, role: str
    ) -> None:
        world.install()
        assert client.get(f"/quality/{role}", headers=world.staff()).status_code == 404
        assert asked(world) == []

    def test_is_asked_daily_when_the_shop_is_read(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        meta_says(world, {"web": [scored(7.2)]})
        task = shop_task(TENANT, due_at=NOW)
        headers = {"Authorization": f"Bearer {OneCaller.token}"}
        for shop, questions in ((None, 0), (Shop(), 2)):
            world.shops.facts = shop
            save_shop(world.services.tenants, TENANT, None, due_at=world.clock())
            assert client.post(task.path, data=task.body, headers=headers).status_code == 200
            assert len(asked(world)) == questions
        assert len(world.services.days.since(TENANT, NOW.date())) == 1


@pytest.mark.parametrize("tab", TABS)
class TestACard:
    def shown(self, client: FlaskClient, world: World, tab: str) -> str:
        """Return the tab after its fragments have asked Meta."""
        for fragment in ASKS.findall(get(client, world, tab)):
            get(client, world, fragment)
        return get(client, world, tab)

    def test_says_everything_that_meta_says(
        self, client: FlaskClient, world: World, tab: str
    ) -> None:
        world.install()
        meta_says(world, {"web": [PURCHASE], "offline": [TILL]})
        text = words(self.shown(client, world, tab))
        for each in (
            "Purchase 7.2 Good",
            "E-mail 100% +59%",
            "IP address 99.9% not available",
            "Event coverage: 1Pixel also sends 34.1%",
            "Meta's goal is 75%",
            "events reach Meta in real time",
            "Event ID 100% 90% 14.8%",
            "Mismatched IP addresses · 61.5% of events",
            "They differ. What to do: Send the shopper's.",
            "Purchase, offline 6.6 Good",
            "Phone 90%",
            "Matching fields 5.6 Send e-mail and phone.",
            "Loaded from Meta Aug 5, 2026, 12:00 AM UTC",
        ):
            assert each in text

    @pytest.mark.parametrize(
        ("score", "said"),
        [(10, "10.0 Excellent"), (8, "8.0 Excellent"), (7.96, "8.0 Excellent"), (7.9, "7.9 Good"),
         (6, "6.0 Good"), (5.9, "5.9 Needs work"), (0, "0.0 Needs work"), ("x", "No score yet")],
    )  # fmt: skip
    def test_names_the_range_of_a_score(
        self, client: FlaskClient, world: World, tab: str, score: float, said: str
    ) -> None:
        world.install()
        meta_says(world, {"web": [scored(score)]})
        assert f"Lead {said}" in words(self.shown(client, world, tab))

    @pytest.mark.parametrize("body", [{}, {"web": []}, {"offline": []}, {"web": [7]}])
    def test_says_when_there_are_no_scores_yet(
        self, client: FlaskClient, world: World, tab: str, body: object
    ) -> None:
        world.install()
        meta_says(world, body)
        text = words(self.shown(client, world, tab))
        assert "No data yet. Meta shows scores about 24 hours after the first real events" in text

    @pytest.mark.parametrize("fault", QualityFault)
    def test_says_why_there_are_none_and_shows_the_last_ones(
        self, client: FlaskClient, world: World, tab: str, fault: QualityFault
    ) -> None:
        world.install()
        meta_says(world, {"web": [scored(7.2)]})
        self.shown(client, world, tab)
        world.clock.advance(timedelta(hours=2))
        world.connections.scores = QualityAnswer(fault=fault, code=190)
        html = self.shown(client, world, tab)
        text = words(html)
        assert FAULTS[fault].title in text
        assert "Meta's code 190" in text
        assert "Lead 7.2 Good" in text
        assert "Loaded from Meta Aug 5, 2026, 12:00 AM UTC" in text
        offers = FAULTS[fault].needs_token
        assert ("/configuration#primary_token" in html) is offers
        read_only = get(client, world, tab, role="Data")
        assert "/configuration#primary_token" not in read_only

    def test_asks_for_a_token_where_none_is_saved(
        self, client: FlaskClient, world: World, tab: str
    ) -> None:
        world.install()
        remove_tokens(world.services.tenants, TENANT)
        html = self.shown(client, world, tab)
        assert "No access token is saved for this pixel" in html
        assert asked(world) == []

    def test_is_there_once_for_each_pixel(
        self, client: FlaskClient, world: World, tab: str
    ) -> None:
        for pixels, shown in (
            (Pixels(), []),
            (two_pixels(), ["primary", "secondary"]),
            (one_pixel_twice(), ["primary"]),
        ):
            put(world.services.tenants, TENANT, choices=some_settings(pixels=pixels))
            page = get(client, world, tab)
            assert re.findall(r'<div id="match-quality-(\w+)"', page) == shown

    def test_of_a_question_that_was_never_answered_says_so(
        self, client: FlaskClient, world: World, tab: str
    ) -> None:
        world.install()
        page = get(client, world, tab)
        asked_at = NOW

        def die() -> None:
            raise StoreUnavailableError("the process ends here")

        world.connections.meanwhile = die
        client.get(ASKS.findall(page)[0], headers=world.staff())
        report = world.services.quality.find(TENANT, Role.PRIMARY)
        assert isinstance(report, QualityReport)
        assert (report.asked_at, report.answered_at) == (asked_at, None)
        waiting = get(client, world, tab)
        assert "Loading the scores" in waiting
        (fragment,) = ASKS.findall(waiting)
        assert 'hx-trigger="load delay:3s"' in waiting
        world.connections.asked.clear()
        assert 'hx-trigger="load delay:3s"' in get(client, world, fragment)
        world.clock.advance(quality.ANSWERED_WITHIN)
        for each in (get(client, world, tab), get(client, world, fragment)):
            assert "Meta did not respond" in each
            assert ASKS.findall(each) == []
        assert asked(world) == []


class TestTheLine:
    def test_is_drawn_from_the_second_day_on_and_told_in_a_table(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        for score in (7.0, 8.0, 9.0):
            assert "<svg viewBox" not in get(client, world, "/activity") or score == 9.0
            meta_says(world, {"web": [scored(score)]})
            get(client, world, "/quality/primary")
            world.clock.advance(timedelta(days=1))
        html = get(client, world, "/activity")
        assert 'aria-label="Lead: score 7.0 on Aug 5, 9.0 on Aug 7"' in html
        assert re.findall(r'points="([^"]+)"', html) == ["269.6,29 278.4,22 287.2,15"]
        assert "Aug 6 8.0" in words(html)
        assert "<polyline" not in get(client, world, "/overview")

    def test_costs_the_overview_no_read(self, client: FlaskClient, world: World) -> None:
        world.install()
        read: list[str] = []

        class Days:
            def since(self, *_: object) -> None:
                read.append("days")

        services = replace(world.services, days=Days())  # type: ignore[arg-type]  # a part of it
        client.application.extensions[SERVICES] = services
        get(client, world, "/overview")
        assert read == []


class TestHostileAnswers:
    def test_are_shown_as_text(self, client: FlaskClient, world: World) -> None:
        world.install()
        evil = "<script>x()</script>\"'{{7*7}}"
        meta_says(
            world,
            {"web": [{**PURCHASE, "event_name": evil, "data_freshness": {"upload_frequency": evil},
                      "event_match_quality": {
                          "match_key_feedback": [{"identifier": evil}],
                          "diagnostics": [{"name": evil, "description": evil, "solution": evil}]},
                      "dedupe_key_feedback": [{"dedupe_key": evil}]}]},
        )  # fmt: skip
        html = get(client, world, "/quality/primary")
        assert "<script" not in html
        assert "{{7*7}}" in html
        tree_of(html)

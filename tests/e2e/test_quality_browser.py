"""Match quality in a browser: on both tabs, in both themes, for every answer of Meta's."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import requests
from playwright.sync_api import expect

from service.domain.figures.daily_record import DailyRecord, DayScores
from service.domain.tenants.tenant import Role
from service.local.days import SqliteDays
from service.local.file import SqliteFile
from tests.builders import PIXEL
from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import take
from tests.e2e.themes import look_at
from tests.sandbox.meta_offline import OfflineMode
from tests.sandbox.meta_quality import QualityMode

pytestmark = pytest.mark.browser

EXPECTED = {
    QualityMode.EMPTY: "No data yet.",
    QualityMode.ODD: "No score yet",
    QualityMode.HUGE: "Custom event number 29",
    QualityMode.ONLY_WEB: "8.4",
    QualityMode.NO_APP: "Your access token has no permission to read match quality.",
    QualityMode.DEAD_TOKEN: "Meta no longer accepts your access token.",
    QualityMode.NO_DATASET: "Meta does not find this pixel",
    QualityMode.HTML_503: "Meta did not respond.",
}


def keep_scores(site: Site) -> None:
    """Write the scores of ten earlier days, as the daily task has."""
    file = SqliteFile(str(site.service.folder / "data" / "1pixel.db"))
    today = datetime.now(UTC).date()
    for ago in range(1, 11):
        scores = DayScores(pixel_id=PIXEL, scores={"web:Purchase": 5.0 + ago % 4})
        keep = partial(DailyRecord.with_scores, role=Role.PRIMARY, scores=scores)
        SqliteDays(file).update(TENANT, today - timedelta(days=ago), keep)
    file.close()


def answer_with(site: Site, mode: str) -> None:
    """Let Meta answer like this from now on."""
    wish = {"mode": mode, "times": None}
    requests.post(f"{site.meta.url}/_quality", json=wish, timeout=5).raise_for_status()


def go_to(desk: Desk, tab: str) -> None:
    desk.frame.get_by_role("link", name=tab, exact=True).click()
    expect(desk.frame.get_by_role("heading", name=tab, level=1)).to_be_visible()


def test_the_cards_are_fit_for_everybody(site: Site, shut_desk: Desk) -> None:
    keep_scores(site)
    site.commerce7.perform("web")
    eventually(site.meta.events)
    shut_desk.page.set_viewport_size({"width": 1280, "height": 900})
    # Changing the token makes the question due again.
    site.service.configure()
    desk = shut_desk.open()
    found = {}
    for tab in ("Overview", "Event Log"):
        go_to(desk, tab)
        card = desk.frame.locator("#match-quality-primary")
        expect(card.locator("summary").get_by_text("8.4")).to_be_visible()
        for opened in card.locator("details.quality > summary").all():
            opened.click()
        expect(card.get_by_text("What to do:").first).to_be_visible()
        lines = card.locator("svg polyline")
        expect(lines).to_have_count(1 if tab == "Event Log" else 0)
        found[tab] = look_at(desk.page, f"quality-{tab.lower().replace(' ', '-')}")
        for width in (320, 640):
            desk.page.locator("iframe").evaluate(
                "(element, width) => { element.style.width = `${width}px` }", width
            )
            if by := axe.overflow(desk.page.frames[1]):
                found[tab].append(f"{by} px too wide at {width}")
        desk.page.locator("iframe").evaluate("element => { element.style.width = '' }")
    assert found == {"Overview": [], "Event Log": []}
    assert desk.complaints == []


def test_a_page_whose_answer_comes_late_is_there_at_once(site: Site, shut_desk: Desk) -> None:
    site.commerce7.perform("web")
    eventually(site.meta.events)
    answer_with(site, QualityMode.HANG)
    site.service.configure()
    desk = shut_desk.open()
    go_to(desk, "Event Log")
    card = desk.frame.locator("#match-quality-primary")
    expect(desk.frame.locator("tbody.event")).to_have_count(1)
    expect(card.get_by_text("Meta did not respond.")).to_have_count(0)
    expect(card.get_by_text("Meta did not respond.")).to_be_visible(timeout=15_000)
    assert desk.complaints == []


def test_every_answer_is_shown(site: Site, shut_desk: Desk) -> None:
    desk = shut_desk
    site.commerce7.perform("web")
    eventually(site.meta.events)
    card = desk.frame.locator("#match-quality-primary")
    for mode, text in EXPECTED.items():
        answer_with(site, mode)
        site.service.configure()
        desk.open()
        go_to(desk, "Event Log")
        expect(card.get_by_text(text).first).to_be_visible()
        take(desk.page, f"quality-answer-{mode}")
        assert axe.violations(desk.page.frames[1]) == [], mode
    assert desk.complaints == []


def test_the_tasting_room_is_told_about(site: Site, shut_desk: Desk) -> None:
    desk = shut_desk
    card = desk.frame.locator("#match-quality-primary")
    to_do = "This dataset does not accept offline events yet"
    for mode, text in {
        OfflineMode.NOT_TAKEN: to_do,
        OfflineMode.REFUSED: "This access token cannot show",
        OfflineMode.ABSENT: "This access token cannot show",
        OfflineMode.TAKEN: "Offline events are set up",
    }.items():
        wish = {"mode": mode, "times": None}
        requests.post(f"{site.meta.url}/_offline", json=wish, timeout=5).raise_for_status()
        site.service.configure()
        desk.open()
        expect(card.get_by_text("No data yet.")).to_be_visible()
        expect(card.get_by_text(to_do)).to_have_count(1 if text == to_do else 0)
        found = look_at(desk.page, f"offline-overview-{mode}")
        go_to(desk, "Configuration")
        expect(desk.frame.get_by_text(text)).to_be_visible()
        assert found + look_at(desk.page, f"offline-configuration-{mode}") == [], mode
    assert desk.complaints == []

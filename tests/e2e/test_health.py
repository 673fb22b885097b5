"""A token dies and is replaced: within 5 seconds every place of the page says so."""

from functools import partial

import pytest
from playwright.sync_api import Locator, expect

from tests.builders import PIXEL
from tests.e2e import axe
from tests.e2e.browser import Desk, sit_down
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.themes import look_at

pytestmark = pytest.mark.browser

TOKEN = "EAAinventedtokenthatlives"
DEAD = f"Your primary pixel {PIXEL} needs a new access token."
CURE = "Enter a new access token"
# A look takes at most 5 seconds to begin; on a busy machine its answers take some more.
WITHIN_MS = 7_000


@pytest.fixture
def pixels() -> dict[str, str]:
    return {PIXEL: TOKEN}


def begin(site: Site) -> None:
    """Have the winery send its first event."""
    site.service.configure(token=TOKEN)
    site.commerce7.perform("web")
    eventually(partial(has_sent, site, 1))


def places(overview: Desk, log: Desk, configuration: Desk) -> dict[str, Locator]:
    """Return the places that say how tracking is, on three tabs that are open at once."""
    return {
        "pill": overview.frame.locator("#health"),
        "set-up card": overview.frame.locator("#setup-card"),
        "log's head": log.frame.locator("#health"),
        "set-up card of the settings": configuration.frame.locator("#setup-card"),
        "banner": log.frame.locator("#alerts"),
        "banner over the settings": configuration.frame.locator("#alerts"),
        "banner over the overview": overview.frame.locator("#alerts"),
        "next steps": overview.frame.locator("#figures"),
    }


def go(desk: Desk, tab: str) -> None:
    desk.frame.get_by_role("link", name=tab, exact=True).click()
    expect(desk.frame.get_by_role("heading", name=tab, level=1)).to_be_visible()


def at_desk(site: Site, desk: Desk, tab: str) -> Desk:
    """Return another of the owner's desks, with this tab open."""
    browser = desk.page.context.browser
    assert browser
    other = sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}")
    other.open()
    go(other, tab)
    return other


def has_sent(site: Site, number: int) -> bool:
    return len([row for row in site.service.rows() if " sent " in row]) == number


def has_focus(element: Locator) -> bool:
    """Tell whether the element has its page's focus, though another window may be in front."""
    return bool(element.evaluate("element => document.activeElement === element"))


class TestADeadToken:
    def test_is_said_in_every_place_within_seconds_and_so_is_its_end(
        self, site: Site, desk: Desk
    ) -> None:
        begin(site)
        log = at_desk(site, desk, "Event Log")
        settings = at_desk(site, desk, "Configuration")
        shown = places(desk, log, settings)
        for place in ("pill", "log's head"):
            expect(shown[place]).to_contain_text("Tracking live")
        expect(shown["set-up card"]).to_contain_text("3 of 3 steps done")
        expect(shown["set-up card of the settings"]).to_be_hidden()

        site.meta.misbehave("expired", times=None)
        site.commerce7.perform("web")
        eventually(lambda: any(" on hold " in row for row in site.service.rows()))
        for element in shown.values():
            expect(element).to_contain_text(DEAD, timeout=WITHIN_MS)
        for place in ("pill", "log's head", "banner", "banner over the settings", "next steps"):
            expect(shown[place]).to_contain_text(CURE)
        for place in ("set-up card", "set-up card of the settings"):
            expect(shown[place]).to_contain_text("1 of 3 steps done")
            expect(shown[place]).to_contain_text("Enter the access token")
        expect(desk.frame.get_by_text("Tracking live")).to_have_count(0)
        expect(desk.frame.get_by_text("All good")).to_have_count(0)

        # By keyboard, from the banner to the field.
        settings.frame.locator("#alerts").get_by_role("link", name=CURE).press("Enter")
        token = settings.frame.get_by_label("Access Token").first
        expect(token).to_be_editable()
        eventually(partial(has_focus, token))
        site.meta.behave()
        token.fill(TOKEN)
        token.press("Enter")
        eventually(partial(has_sent, site, 2))
        for element in shown.values():
            expect(element).not_to_contain_text(DEAD, timeout=WITHIN_MS)
        expect(shown["pill"]).to_contain_text("Tracking live")
        expect(shown["set-up card"]).to_contain_text("3 of 3 steps done")
        expect(shown["set-up card of the settings"]).to_be_hidden()
        assert desk.complaints + log.complaints + settings.complaints == []


class TestEventsThatMetaRefuses:
    def test_are_said_in_every_place_until_one_is_accepted(self, site: Site, desk: Desk) -> None:
        begin(site)
        log = at_desk(site, desk, "Event Log")
        settings = at_desk(site, desk, "Configuration")
        shown = places(desk, log, settings)
        expect(shown["pill"]).to_contain_text("Tracking live")
        site.meta.misbehave("invalid", times=None)
        for _ in range(3):
            site.commerce7.perform("web")
        sentence = f"Meta refused each of the latest events for your primary pixel {PIXEL}."
        said = [shown[place] for place in shown if "set-up card" not in place]
        for element in said:
            expect(element).to_contain_text(sentence, timeout=WITHIN_MS)
        expect(shown["pill"]).to_contain_text("Needs attention")
        expect(shown["set-up card"]).to_contain_text("Needs attention")

        shown["banner"].get_by_role("link", name="See the events").press("Enter")
        expect(log.frame.locator("#eventlog-table")).to_contain_text("1\N{EN DASH}3 of 3")
        site.meta.behave()
        site.commerce7.perform("web")
        for element in said:
            expect(element).not_to_contain_text(sentence, timeout=WITHIN_MS)
        expect(shown["pill"]).to_contain_text("Tracking live")
        assert desk.complaints + log.complaints + settings.complaints == []


class TestAFailedTest:
    def test_is_seen_at_once_beside_its_button_and_on_a_colleagues_page(
        self, site: Site, desk: Desk
    ) -> None:
        begin(site)
        colleague = at_desk(site, desk, "Event Log")
        expect(colleague.frame.locator("#health")).to_contain_text("Tracking live")
        go(desk, "Configuration")
        site.meta.misbehave("expired", times=None)
        button = desk.frame.get_by_role("button", name="Test Connection")
        button.focus()
        button.press("Enter")
        expect(desk.frame.locator("#setup-card")).to_contain_text("1 of 3 steps done")
        expect(desk.frame.locator("#alerts")).to_contain_text(DEAD)
        expect(colleague.frame.locator("#health")).to_contain_text(DEAD, timeout=WITHIN_MS)
        site.meta.behave()
        button.press("Enter")
        expect(desk.frame.locator("#setup-card")).to_be_hidden()
        expect(colleague.frame.locator("#health")).to_contain_text(
            "Tracking live", timeout=WITHIN_MS
        )
        assert desk.complaints + colleague.complaints == []


def test_every_health_is_fit_for_everybody(site: Site, shut_desk: Desk) -> None:
    begin(site)
    shut_desk.page.set_viewport_size({"width": 1280, "height": 900})
    desk = shut_desk.open()
    found = look_around(desk, "live", "Tracking live")
    site.service.configure("--set", "enabled=false", token=TOKEN)
    found += look_around(desk, "paused", "Tracking paused")
    site.service.configure("--set", "enabled=true", token=TOKEN)
    site.meta.misbehave("invalid", times=None)
    for _ in range(3):
        site.commerce7.perform("web")
    found += look_around(desk, "refused", "Meta refused each")
    site.meta.misbehave("expired", times=None)
    site.commerce7.perform("web")
    found += look_around(desk, "attention", "Needs attention")
    assert found == []
    assert desk.complaints == []


def look_around(desk: Desk, name: str, pill: str) -> list[object]:
    """Take pictures of the tabs with this health, and return what is wrong with them."""
    found: list[object] = []
    for tab in ("Overview", "Event Log", "Configuration"):
        go(desk, tab)
        if tab != "Configuration":
            expect(desk.frame.locator("#health")).to_contain_text(pill)
        if pill != "Tracking live":
            expect(desk.frame.locator("#alerts .banner")).to_be_visible()
        found += look_at(desk.page, f"health-{name}-{tab.lower().replace(' ', '-')}")
        desk.page.locator("iframe").evaluate("element => { element.style.width = '320px' }")
        if by := axe.overflow(desk.page.frames[1]):
            found.append(f"{by} px too wide: {name}, {tab}")
        desk.page.locator("iframe").evaluate("element => { element.style.width = '' }")
    return found

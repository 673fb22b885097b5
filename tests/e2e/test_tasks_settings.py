"""A marketing manager's everyday tasks with the settings, and how many clicks each takes."""

import pytest
from playwright.sync_api import expect

from tests.builders import PIXEL, SECOND_PIXEL
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.test_alerts import NEW, OLD, is_held, sell

pytestmark = pytest.mark.browser


@pytest.fixture
def pixels() -> dict[str, str]:
    return {PIXEL: NEW, SECOND_PIXEL: NEW}


@pytest.fixture
def desk(shut_desk: Desk) -> Desk:
    """Return the owner's desk; the app is opened when its settings are saved."""
    return shut_desk


@pytest.fixture
def clicks(site: Site, desk: Desk) -> Clicks:
    """Return a count of clicks, with the Overview open and nothing clicked yet."""
    site.service.configure(token=NEW)
    clicks = Clicks(desk.page.context)
    desk.page.set_viewport_size({"width": 1280, "height": 1200})
    desk.open()
    expect(desk.frame.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    return clicks


def expect_saved(desk: Desk, *sentences: str) -> None:
    for sentence in sentences:
        expect(desk.frame.locator("#save-bar")).to_contain_text(sentence, use_inner_text=True)


class TestMyTokenExpired:
    def test_is_mended_with_two_clicks(self, site: Site, desk: Desk, clicks: Clicks) -> None:
        site.service.configure(token=OLD)
        sell(site)
        eventually(lambda: is_held(site))
        banner = desk.frame.locator("#alert-token-primary")
        banner.get_by_role("link", name="Enter a new access token").click()
        token = desk.frame.get_by_label("Access Token").first
        expect(token).to_be_focused()
        desk.page.keyboard.type(NEW)
        desk.frame.get_by_role("button", name="Save Settings").click()
        expect_saved(desk, "Saved. Connected to", "1 waiting event sent.")
        expect(banner).to_have_count(0)
        assert clicks.number == 2


class TestStopReportingClubOrders:
    def test_takes_one_switch_and_one_save(self, site: Site, desk: Desk, clicks: Clicks) -> None:
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        clicks.restart()
        desk.frame.get_by_label("Club", exact=True).click()
        desk.frame.get_by_role("button", name="Save", exact=True).click()
        expect_saved(desk, "Saved.")
        assert '"Club": false' in site.service.command("show", TENANT)
        assert clicks.number == 2


class TestReportOnlyWebOrders:
    def test_takes_a_switch_for_each_other_channel(
        self, site: Site, desk: Desk, clicks: Clicks
    ) -> None:
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        clicks.restart()
        for channel in ("POS", "Inbound", "Club"):
            desk.frame.get_by_label(channel, exact=True).click()
        desk.frame.get_by_role("button", name="Save", exact=True).click()
        expect_saved(desk, "Saved.")
        shown = site.service.command("show", TENANT)
        assert [f'"{each}": false' in shown for each in ("POS", "Inbound", "Club", "Web")] == [
            *(True, True, True),
            False,
        ]
        assert clicks.number == 4


class TestAddAnAgencysPixel:
    def test_saves_tests_and_shows_the_error_in_its_own_card(
        self, desk: Desk, clicks: Clicks
    ) -> None:
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        clicks.restart()
        desk.frame.get_by_text("Secondary Pixel", exact=True).click()
        card = desk.frame.locator("#secondary-pixel")
        card.get_by_label("Pixel ID").fill(f"{SECOND_PIXEL[:4]} {SECOND_PIXEL[4:]}")
        card.get_by_label("Access Token").fill(OLD)
        card.get_by_role("button", name="Save and test").click()
        expect(card.locator("#connection-secondary")).to_contain_text("access token")
        expect(card.locator("#connection-secondary")).not_to_contain_text("verified")
        expect_saved(desk, "Secondary pixel: Not connected")
        card.get_by_label("Access Token").fill(NEW)
        card.get_by_role("button", name="Save and test").click()
        expect(card.locator("#connection-secondary")).to_contain_text("verified")
        expect_saved(desk, "Secondary pixel: Connected to")
        assert clicks.number == 3
        assert desk.complaints == []


class TestWhoChangedThePixel:
    def test_is_a_section_and_a_filter_away(self, site: Site, desk: Desk, clicks: Clicks) -> None:
        for days in range(30, 45):
            site.service.configure("--set", f"retention_days={days}", token=NEW)
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        clicks.restart()
        desk.frame.get_by_role("link", name="Changes", exact=True).click()
        changes = desk.frame.get_by_role("region", name="Who changed what")
        changes.get_by_role("button", name="Pixels").click()
        expect(changes.get_by_role("button", name="Pixels")).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(changes).not_to_contain_text("Days to keep the Event Log")
        expect(changes).to_contain_text("Primary access token replaced")
        assert clicks.number == 2
        changes.get_by_role("button", name="Older changes").click()
        expect(changes.get_by_text(f"Primary pixel: empty → {PIXEL}")).to_be_visible()
        changes.get_by_role("button", name="Newer changes").click()
        expect(changes.get_by_role("button", name="Newer changes")).to_have_count(0)
        assert desk.complaints == []


class TestUndoAChangeOfSettings:
    def test_restores_one_value_with_one_click(
        self, site: Site, desk: Desk, clicks: Clicks
    ) -> None:
        site.service.configure("--set", 'currency="EUR"', token=NEW)
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        clicks.restart()
        desk.frame.get_by_role("link", name="Changes", exact=True).click()
        line = desk.frame.locator("#changes li.row").filter(has_text="Currency: USD → EUR")
        line.get_by_role("button", name="Restore this value").click()
        expect_saved(desk, "Restored. Currency: EUR → USD.")
        expect(desk.frame.get_by_label("Currency")).to_have_value("USD")
        assert '"currency": "USD"' in site.service.command("show", TENANT)
        assert clicks.number == 2

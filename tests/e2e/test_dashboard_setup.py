"""A new winery's setup: install, open the frame, save, test, and send the first order."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from service.domain.tenants.refused_origins import RefusedOrigin
from service.local.browser_signals import SqliteBrowserSignals
from service.local.file import SqliteFile
from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT

pytestmark = pytest.mark.browser

# The page polls every 5 s; a busy machine may need as long again.
PATIENCE = 15_000
REFUSED = "422 (UNPROCESSABLE ENTITY)"


def tab(desk: Desk, name: str) -> None:
    desk.frame.get_by_role("link", name=name, exact=True).click()


def go(desk: Desk, where: str) -> None:
    # The frame's steps are in the tab's history, so the browser's buttons go through them.
    desk.page.frames[1].evaluate(f"history.{where}()")


def heading(desk: Desk, name: str) -> None:
    expect(desk.frame.get_by_role("heading", name=name, level=1)).to_be_visible()


@pytest.fixture
def newcomer(site: Site, shut_desk: Desk) -> Desk:
    """Return the owner's desk after an install, with nothing configured."""
    site.service.command("erase", TENANT, "--yes")
    site.commerce7.change_app("install")
    return shut_desk.open()


class TestANewWinery:
    def test_is_led_from_its_pixel_to_its_first_event(self, site: Site, newcomer: Desk) -> None:
        frame = newcomer.frame
        expect(frame.get_by_text("0 of 3 steps done")).to_be_visible()
        frame.get_by_role("link", name="Enter both").click()
        pixel_id, token = frame.get_by_label("Pixel ID").first, frame.get_by_label("Access Token")
        expect(pixel_id).to_be_focused()

        # After an invalid input the rest of the form and the token are kept.
        pixel_id.fill(PIXEL[:5])
        token.first.fill(TOKEN * 2)
        frame.get_by_role("button", name="Save Settings").click()
        expect(frame.get_by_text("Not saved. Fix 1 field:")).to_be_visible()
        expect(pixel_id).to_be_focused()
        expect(pixel_id).to_have_accessible_description(
            "A Pixel ID has 10 to 17 digits and nothing else. "
            "10 to 17 digits. In Events Manager under Settings."
        )
        assert token.first.input_value() == TOKEN * 2
        newcomer.page.keyboard.press("ControlOrMeta+A")
        newcomer.page.keyboard.type(PIXEL)
        newcomer.page.keyboard.press("Enter")
        expect(frame.get_by_text("Saved.", exact=True)).to_be_visible()
        expect(token.first).to_have_attribute("placeholder", f"Saved, ends in {TOKEN[-4:]}")
        assert token.first.input_value() == ""
        # The save tests the token, which the sandbox's Meta does not know.
        expect(frame.locator("#save-bar")).to_contain_text("Not connected")
        expect(frame.get_by_text("0 of 3 steps done")).to_be_visible()

        frame.get_by_role("button", name="Test Connection").focus()
        site.service.configure()  # the token that the sandbox's Meta knows
        newcomer.page.keyboard.press("Enter")
        expect(frame.get_by_text("Pixel credentials verified")).to_be_visible()

        tab(newcomer, "Overview")
        expect(frame.get_by_text("2 of 3 steps done")).to_be_visible()
        site.commerce7.perform("web")
        expect(frame.get_by_text("Tracking live")).to_be_visible(timeout=PATIENCE)
        expect(frame.get_by_role("row").filter(has_text="Purchase")).to_contain_text("sent")
        names = [event["event_name"] for event in site.meta.events()]
        assert names == ["ConnectionTest", "Purchase"]
        assert [each for each in newcomer.complaints if REFUSED not in each] == []

    def test_adds_a_second_pixel_and_takes_it_away(self, site: Site, desk: Desk) -> None:
        tab(desk, "Configuration")
        second = desk.frame.get_by_role("group", name="Secondary Pixel")
        expect(second).to_be_hidden()
        desk.frame.get_by_text("Secondary Pixel", exact=True).click()
        second.get_by_label("Pixel ID").fill(SECOND_PIXEL)
        second.get_by_label("Access Token").fill(TOKEN * 2)
        desk.frame.get_by_role("button", name="Save", exact=True).click()
        expect(desk.frame.get_by_text("Saved.", exact=True)).to_be_visible()
        assert SECOND_PIXEL in site.service.command("show", TENANT)

        desk.frame.get_by_text("Remove this pixel …").last.click()
        desk.frame.get_by_role("button", name="Remove the secondary pixel").click()
        expect(
            desk.frame.get_by_text("The secondary pixel and its access token were removed.")
        ).to_be_visible()
        assert SECOND_PIXEL not in site.service.command("show", TENANT)
        assert desk.complaints == []


class TestTheTabs:
    def test_have_addresses_that_back_and_forward_know(self, desk: Desk) -> None:
        heading(desk, "Overview")
        tenant = f"tenantId={TENANT}"
        for name, word in (("Configuration", "configuration"), ("Event Log", "activity")):
            tab(desk, name)
            heading(desk, name)
            desk.page.frames[1].wait_for_url(f"**/?{tenant}&tab={word}")
        go(desk, "back")
        heading(desk, "Configuration")
        current = desk.frame.locator("[aria-current=page]")
        expect(current).to_have_text("Configuration")
        go(desk, "back")
        heading(desk, "Overview")
        go(desk, "forward")
        heading(desk, "Configuration")
        title = "Configuration \u2013 1Pixel"
        expect(desk.frame.locator("title")).to_have_js_property("textContent", title)
        assert "eyJ" not in desk.frame_address()
        assert desk.complaints == []

    def test_say_what_they_wait_for(self, desk: Desk) -> None:
        heading(desk, "Overview")
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        desk.page.route("**/configuration", hold)
        with desk.page.expect_request("**/configuration"):
            tab(desk, "Configuration")
        expect(desk.frame.get_by_text("Loading Configuration …")).to_be_visible()
        expect(desk.frame.locator("#view")).to_have_attribute("aria-busy", "true")
        held[0].continue_()
        heading(desk, "Configuration")
        expect(desk.frame.get_by_text("Loading Configuration …")).to_be_hidden()
        expect(desk.frame.locator("[aria-busy]")).to_have_count(0)

    def test_are_reached_and_worked_by_keyboard(self, site: Site, desk: Desk) -> None:
        heading(desk, "Overview")
        keyboard = desk.page.keyboard
        desk.frame.get_by_role("link", name="Overview", exact=True).focus()
        keyboard.press("Tab")
        keyboard.press("Enter")
        heading(desk, "Configuration")
        _press_until(desk.page, "Tab", "#event_AddToCart")
        keyboard.press("Space")
        _press_until(desk.page, "Tab", "#save-bar button.primary")
        keyboard.press("Enter")
        expect(desk.frame.get_by_text("Saved.", exact=True)).to_be_visible()
        # The button is gone; the focus moves here, for keyboard users.
        expect(desk.frame.locator("#save-bar .result")).to_be_focused()
        assert '"AddToCart": false' in site.service.command("show", TENANT)


class TestASitePressedToBeAllowed:
    def test_is_added_to_the_shops_domains(self, site: Site, desk: Desk) -> None:
        file = SqliteFile(site.service.environ["SQLITE_PATH"])
        refused = RefusedOrigin(host="wines.example.com", seen_at=datetime.now(UTC))
        SqliteBrowserSignals(file).save_refused_origins(TENANT, [refused])
        file.close()
        tab(desk, "Configuration")
        desk.frame.get_by_role("button", name="Allow wines.example.com").click()
        expect(desk.frame.get_by_label("Shop domains")).to_have_value(
            "shop.example.com\nwines.example.com"
        )
        assert "wines.example.com" in site.service.command("show", TENANT)


class TestUnsavedChanges:
    @pytest.fixture(autouse=True)
    def with_a_change(self, desk: Desk) -> None:
        tab(desk, "Configuration")
        desk.frame.get_by_label("AddToCart").uncheck()
        expect(desk.frame.get_by_text("You have unsaved changes.")).to_be_visible()

    def test_are_asked_about_before_they_are_lost(self, desk: Desk) -> None:
        tab(desk, "Event Log")
        desk.frame.get_by_role("button", name="Keep editing").click()
        expect(desk.frame.get_by_label("AddToCart")).not_to_be_checked()
        tab(desk, "Event Log")
        desk.page.keyboard.press("Escape")
        heading(desk, "Configuration")
        go(desk, "back")
        expect(desk.frame.get_by_role("dialog")).to_be_visible()
        desk.frame.get_by_role("button", name="Keep editing").click()
        desk.page.frames[1].wait_for_url("**/?*&tab=configuration")
        tab(desk, "Event Log")
        desk.frame.get_by_role("button", name="Discard changes").click()
        heading(desk, "Event Log")
        tab(desk, "Configuration")
        expect(desk.frame.get_by_label("AddToCart")).to_be_checked()
        assert desk.complaints == []

    @pytest.mark.parametrize("width", [1280, 390])
    def test_do_not_cover_what_has_the_focus(self, desk: Desk, width: int) -> None:
        desk.page.set_viewport_size({"width": width, "height": 720})
        desk.frame.get_by_label("AddToCart").focus()
        covered = """() => {
            const focused = document.activeElement;
            const bar = document.querySelector("#save-bar");
            const bottom = focused.getBoundingClientRect().bottom;
            if (focused === document.body) return "";
            return bar.contains(focused) ? "the end"
                : bottom > bar.getBoundingClientRect().top
                ? `${bottom} > ${bar.getBoundingClientRect().top}: ${focused.outerHTML}` : "";
        }"""
        told = []
        for key in ["Shift+Tab"] * 25 + ["Tab"] * 60:
            desk.page.keyboard.press(key)
            told.append(desk.page.frames[1].evaluate(covered))
            if told[-1] == "the end":
                break
        assert set(told) == {"", "the end"}

    def test_are_no_more_once_they_are_undone_or_discarded(self, desk: Desk) -> None:
        desk.frame.get_by_label("AddToCart").check()
        expect(desk.frame.get_by_text("You have unsaved changes.")).to_be_hidden()
        desk.frame.get_by_label("AddToCart").uncheck()
        desk.frame.get_by_label("Currency").fill("EUR")
        desk.frame.get_by_role("button", name="Discard").click()
        expect(desk.frame.get_by_label("AddToCart")).to_be_checked()
        expect(desk.frame.get_by_label("Currency")).to_have_value("USD")
        expect(desk.frame.get_by_text("You have unsaved changes.")).to_be_hidden()


def _press_until(page: Page, key: str, selector: str) -> None:
    """Press the key until the element has the focus; sixty times at most."""
    inside = page.frames[1]
    for _ in range(60):
        page.keyboard.press(key)
        if inside.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} does not lead to {selector}")

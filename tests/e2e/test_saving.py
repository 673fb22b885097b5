"""Saving settings in a browser: what the bar at the foot says, and what stays typed."""

import pytest
from playwright.sync_api import Dialog, Route, expect

from tests.builders import PIXEL
from tests.e2e.browser import Desk, sit_down
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.test_alerts import NEW, OLD, sell

pytestmark = pytest.mark.browser


@pytest.fixture
def pixels() -> dict[str, str]:
    return {PIXEL: NEW}


def open_configuration(desk: Desk) -> None:
    desk.frame.get_by_role("link", name="Configuration", exact=True).click()
    expect(desk.frame.get_by_role("heading", name="Configuration", level=1)).to_be_visible()


def press_save(desk: Desk) -> None:
    desk.frame.get_by_role("button", name="Save", exact=True).click()


class TestASaveThatIsDone:
    def test_tests_the_connection_and_says_what_it_brought(self, site: Site, desk: Desk) -> None:
        site.service.configure(token=OLD)
        for _ in range(3):
            sell(site)
        eventually(lambda: len([row for row in site.service.rows() if "on hold" in row]) == 3)
        open_configuration(desk)
        desk.frame.get_by_label("Access Token").first.fill(NEW)
        desk.page.keyboard.press("Enter")
        bar = desk.frame.locator("#save-bar")
        expect(bar).to_contain_text("Saved. Connected to", use_inner_text=True)
        expect(bar).to_contain_text("3 waiting events sent.")
        expect(desk.frame.locator("#connection-primary")).to_contain_text("verified")
        expect(desk.frame.get_by_label("Access Token").first).to_have_value("")
        # It leaves by itself.
        expect(bar).to_be_hidden()
        assert desk.complaints == []

    def test_is_done_though_meta_is_silent(self, site: Site, desk: Desk) -> None:
        open_configuration(desk)
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        desk.page.route("**/connection/test", hold)
        desk.frame.get_by_label("Access Token").first.fill(NEW)
        with desk.page.expect_request("**/connection/test"):
            desk.frame.get_by_role("button", name="Save Settings").click()
        bar = desk.frame.locator("#save-bar")
        expect(bar).to_contain_text("Saved. Testing the connection …", use_inner_text=True)
        assert site.service.command("show", TENANT)
        held[0].abort()
        expect(bar).to_contain_text("The connection is not tested yet.")

    def test_names_a_token_that_does_not_work(self, site: Site, desk: Desk) -> None:
        open_configuration(desk)
        desk.frame.get_by_label("Access Token").first.fill(OLD)
        press_save(desk)
        bar = desk.frame.locator("#save-bar")
        expect(bar).to_contain_text("Saved. Not connected:", use_inner_text=True)
        bar.get_by_role("link", name="What to do").click()
        expect(desk.frame.locator("#connection-primary")).to_be_in_viewport()
        eventually(lambda: "token" in site.service.command("show", TENANT))


class TestASaveThatIsRefused:
    @pytest.mark.parametrize("by", ["Enter", "the button"])
    def test_says_so_and_keeps_what_was_typed(self, desk: Desk, by: str) -> None:
        desk.page.set_viewport_size({"width": 1280, "height": 1200})
        open_configuration(desk)
        frame = desk.frame
        frame.get_by_label("Access Token").first.fill("EAA")
        frame.get_by_label("AddToCart").uncheck()
        frame.get_by_label("Currency").fill("dollars")
        if by == "Enter":
            desk.page.keyboard.press("Enter")
        else:
            press_save(desk)
        alert = frame.locator("#save-bar").get_by_role("alert")
        expect(alert).to_contain_text("Not saved. Fix 2 fields:")
        expect(alert).to_be_in_viewport()
        expect(frame.get_by_label("Access Token").first).to_be_focused()
        expect(frame.get_by_label("Access Token").first).to_have_value("EAA")
        expect(frame.get_by_label("Currency")).to_have_value("dollars")
        expect(frame.get_by_label("AddToCart")).not_to_be_checked()
        expect(frame.get_by_text("Saved.", exact=True)).to_have_count(0)
        alert.get_by_role("link", name="Currency").click()
        expect(frame.get_by_label("Currency")).to_be_focused()
        frame.get_by_role("button", name="Discard").click()
        expect(alert).to_have_count(0)
        expect(frame.get_by_label("Currency")).to_have_value("USD")

    def test_because_the_service_is_away_can_be_repeated(self, desk: Desk) -> None:
        open_configuration(desk)
        desk.frame.get_by_label("Currency").fill("CAD")
        desk.page.route("**/configuration", lambda route: route.abort())
        press_save(desk)
        bar = desk.frame.locator("#save-bar")
        expect(bar).to_contain_text("Not saved. Try again in a minute.")
        expect(desk.frame.get_by_label("Currency")).to_have_value("CAD")
        desk.page.unroute("**/configuration")
        press_save(desk)
        expect(bar).to_contain_text("Saved.")
        expect(bar).not_to_contain_text("Not saved")

    def test_because_another_user_was_first_can_be_applied(self, site: Site, desk: Desk) -> None:
        browser = desk.page.context.browser
        assert browser
        open_configuration(desk)
        ada = sit_down(browser, desk.admin_url)
        ada.open("admin")
        open_configuration(ada)
        ada.frame.get_by_label("PageView").uncheck()
        press_save(ada)
        expect(ada.frame.get_by_text("Saved.", exact=True)).to_be_visible()
        ada.page.context.close()

        frame = desk.frame
        frame.get_by_label("AddToCart").uncheck()
        frame.get_by_label("Access Token").first.fill(NEW)
        press_save(desk)
        alert = frame.locator("#save-bar").get_by_role("alert")
        expect(alert).to_contain_text("Not saved. Ada Admin changed these settings")
        expect(alert).to_contain_text("PageView: on → off")
        expect(alert).to_contain_text("Your changes: AddToCart: on → off; Primary access token")
        expect(frame.get_by_label("AddToCart")).not_to_be_checked()
        expect(frame.get_by_label("PageView")).not_to_be_checked()
        assert '"AddToCart": true' in site.service.command("show", TENANT)
        frame.get_by_role("button", name="Apply my changes").click()
        expect(frame.locator("#save-bar")).to_contain_text("Saved. Connected", use_inner_text=True)
        shown = site.service.command("show", TENANT)
        assert ('"AddToCart": false' in shown, '"PageView": false' in shown) == (True, True)


class TestUnsavedChangesWhenThePageIsLeft:
    def test_are_asked_about_by_the_browser(self, desk: Desk) -> None:
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        desk.page.on("dialog", stay)
        open_configuration(desk)
        desk.page.reload()
        assert asked == []
        expect(desk.frame.get_by_role("heading", level=1)).to_be_visible()
        open_configuration(desk)
        desk.frame.get_by_label("AddToCart").uncheck()
        desk.page.reload()
        assert asked == ["beforeunload"]

    def test_survive_a_renewal_of_the_session(self, site: Site, shut_desk: Desk) -> None:
        shut_desk.page.clock.install()
        desk = shut_desk.open()
        open_configuration(desk)
        desk.frame.get_by_label("AddToCart").uncheck()
        with desk.page.expect_response("**/session") as renewed:
            desk.page.clock.run_for(11 * 60_000)
        assert renewed.value.ok
        expect(desk.frame.get_by_text("You have unsaved changes.")).to_be_visible()
        press_save(desk)
        expect(desk.frame.get_by_text("Saved.", exact=True)).to_be_visible()
        assert '"AddToCart": false' in site.service.command("show", TENANT)

"""The dashboard in Commerce7's admin, across two sites, without third-party cookies."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually

pytestmark = pytest.mark.browser

TEN_MINUTES = "10:00"
LOG = "No events yet"


def renewals(site: Site) -> int:
    """Return how often a user was looked up at Commerce7, after the opening."""
    return len(site.commerce7.calls("account/user")) - 1


def skip_ahead(page: Page) -> None:
    """Advance the page's timers by ten minutes; the service's clock is not changed."""
    page.clock.fast_forward(TEN_MINUTES)


def opened_in_a_frame(tab: Page, desk: Desk, site: Site, *, account: str) -> FrameLocator:
    """Open the app in the admin's frame with this token, and return the frame."""
    tab.goto(desk.admin_url)
    address = f"{site.service.url}/?tenantId={TENANT}&account={account}"
    tab.evaluate("address => { document.querySelector('iframe').src = address; }", address)
    return tab.frame_locator("iframe")


# Presses a button as soon as it is in the page, sooner than any user could.
EAGER = """
new MutationObserver(() => {
  const button = document.querySelector("button[hx-post='/activity/order']:not([data-pressed])");
  button?.setAttribute("data-pressed", "");
  button?.click();
}).observe(document, { subtree: true, childList: true });
"""


class TestAnEagerUser:
    def test_may_press_a_button_as_soon_as_it_is_shown(self, shut_desk: Desk) -> None:
        desk = shut_desk
        desk.page.add_init_script(EAGER)
        self.search(desk.open())
        answer = desk.frame.get_by_role("heading", name="Commerce7 has no order 99999999")
        expect(answer).to_be_focused()

    @pytest.mark.parametrize("how", ["a link", "a form"])
    def test_may_act_before_the_script_is_there(self, shut_desk: Desk, how: str) -> None:
        desk = shut_desk
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        desk.page.route("**/dashboard-*.js", hold)
        desk.page.goto(f"{desk.admin_url}?as=owner", wait_until="commit")
        if how == "a link":
            desk.frame.get_by_role("link", name="Event Log", exact=True).click(no_wait_after=True)
        else:
            self.search(desk)
        assert held, "the script was not asked for"
        held.pop().continue_()
        expect(desk.frame.get_by_role("heading", name="Event Log", level=1)).to_be_visible()
        assert desk.complaints == []

    @staticmethod
    def search(desk: Desk) -> None:
        field = desk.frame.get_by_role("searchbox", name="Was an order sent?")
        field.fill("99999999")
        field.press("Enter")


class TestTheFrame:
    def test_works_where_third_parties_get_no_cookies(self, site: Site, desk: Desk) -> None:
        expect(desk.frame.get_by_text(LOG)).to_be_visible()
        probe = "document.cookie = 'probe=1; SameSite=None; Secure'; document.cookie"
        assert "probe" not in desk.page.frames[1].evaluate(probe)
        # The same probe succeeds where the app is first party, so it is a valid check.
        tab = desk.page.context.new_page()
        tab.goto(f"{site.service.url}/docs")
        assert "probe" in tab.evaluate(probe)

    def test_leaves_no_token_where_it_could_be_seen(self, site: Site, desk: Desk) -> None:
        expect(desk.frame.get_by_text(LOG)).to_be_visible()
        address = urlsplit(desk.frame_address())
        assert (address.path, address.query) == ("/", f"tenantId={TENANT}")
        inside = desk.page.frames[1]
        assert "eyJ" not in inside.content()
        stores = ("document.cookie", "{...localStorage}", "{...sessionStorage}")
        # A browser may refuse third parties any storage.
        look = "() => {{ try {{ return {} }} catch {{}} }}"
        assert not any(inside.evaluate(look.format(store)) for store in stores)
        assert "eyJ" not in site.service.log_file.read_text()

    def test_saves_settings_and_says_who_did(self, site: Site, desk: Desk) -> None:
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        desk.frame.get_by_label("AddToCart").uncheck()
        desk.frame.get_by_role("button", name="Save Settings").click()
        expect(desk.frame.get_by_text("Saved.", exact=True)).to_be_visible()
        expect(desk.frame.get_by_text("AddToCart: on → off")).to_be_visible()
        assert '"AddToCart": false' in site.service.command("show", TENANT)
        assert desk.complaints == []

    def test_shows_a_reader_everything_and_lets_them_change_nothing(self, shut_desk: Desk) -> None:
        desk = shut_desk.open("reader")
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        expect(
            desk.frame.get_by_text("These roles can make changes: Admin Owner, Admin.")
        ).to_be_visible()
        expect(desk.frame.get_by_label("AddToCart")).to_be_disabled()
        expect(desk.frame.get_by_role("button", name="Save Settings")).to_have_count(0)

    def test_wears_the_admins_theme(self, desk: Desk) -> None:
        grounds = []
        for theme in ("light", "dark"):
            desk.open(theme=theme)
            expect(desk.frame.get_by_text(LOG)).to_be_visible()
            look = "getComputedStyle(document.body).backgroundColor"
            grounds.append(desk.page.frames[1].evaluate(look))
        assert grounds == ["rgb(255, 255, 255)", "rgb(22, 28, 39)"]


class TestTheSession:
    @pytest.fixture
    def desk(self, shut_desk: Desk) -> Desk:
        """Return the owner's desk, with the app open and its clock in hand."""
        shut_desk.page.clock.install()
        desk = shut_desk.open()
        expect(desk.frame.get_by_text(LOG)).to_be_visible()
        return desk

    def test_renews_itself_and_asks_commerce7_each_time(self, site: Site, desk: Desk) -> None:
        # The first request after the expiry renews it: the timer's, or a poll.
        for _ in range(2):
            before = renewals(site)
            with desk.page.expect_response(lambda answer: answer.url.endswith("/session")) as told:
                skip_ahead(desk.page)
            assert renewals(site) > before
            # The page must have read it before its clock jumps once more.
            told.value.finished()
            desk.page.frames[1].evaluate("Promise.resolve()")
        site.commerce7.perform("web")
        skip_ahead(desk.page)
        purchase = desk.frame.get_by_role("row").filter(has_text="Purchase")
        expect(purchase).to_be_visible(timeout=15_000)
        assert desk.complaints == []

    def test_ends_when_commerce7_no_longer_knows_the_user(self, site: Site, desk: Desk) -> None:
        site.commerce7.sign_out()
        skip_ahead(desk.page)
        expect(desk.frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
        expect(desk.frame.get_by_role("button")).to_have_count(0)
        calls = len(site.commerce7.calls())
        skip_ahead(desk.page)
        assert len(site.commerce7.calls()) == calls

        # The link leaves the frame, and opens the app anew.
        desk.frame.get_by_role("link", name="Back to the Commerce7 admin").click()
        desk.page.wait_for_url("**/commerce7/admin/**")
        expect(desk.frame.get_by_text(LOG)).to_be_visible()

    def test_outlives_a_commerce7_that_is_silent(self, site: Site, desk: Desk) -> None:
        site.commerce7.misbehave("error500", times=1)
        skip_ahead(desk.page)
        expect(desk.frame.get_by_text("Commerce7 cannot confirm your account")).to_be_visible()
        before = renewals(site)
        desk.page.clock.run_for(20_000)
        eventually(lambda: renewals(site) > before)
        expect(desk.frame.get_by_text("Commerce7 cannot confirm your account")).to_be_hidden()

    def test_ends_with_the_app(self, site: Site, desk: Desk) -> None:
        site.commerce7.change_app("uninstall")
        eventually(lambda: '"removed"' in site.service.command("show", TENANT))
        desk.page.clock.run_for(6_000)
        expect(desk.frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
        desk.open()
        expect(desk.frame.get_by_text("1Pixel is not installed for this winery")).to_be_visible()

        # After a new install, settings and log are kept; the token must be entered again.
        site.commerce7.change_app("install")
        desk.frame.get_by_role("button", name="Try again").click()
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        expect(desk.frame.get_by_label("Access token").first).to_have_attribute(
            "placeholder", "None yet"
        )


class TestOutsideTheFrame:
    def test_a_bookmark_leads_back_to_the_admin(self, site: Site, desk: Desk) -> None:
        tab = desk.page.context.new_page()
        tab.goto(f"{site.service.url}/?tenantId={TENANT}")
        expect(tab.get_by_role("heading", name="Missing frame signature")).to_be_visible()
        tab.get_by_role("link", name="Back to the Commerce7 admin").click()
        expect(tab.frame_locator("iframe").get_by_text(LOG)).to_be_visible()

    def test_a_copied_address_opens_nothing(self, site: Site, desk: Desk) -> None:
        expect(desk.frame.get_by_text(LOG)).to_be_visible()
        asked = len(site.commerce7.calls("account/user"))
        address = desk.page.locator("iframe").get_attribute("src")
        assert address
        assert "account=" in address
        tab = desk.page.context.new_page()
        tab.goto(address)
        expect(tab.get_by_role("heading", name="Missing frame signature")).to_be_visible()
        expect(tab).not_to_have_url(re.compile("account="))
        assert 'name="session"' not in tab.content()
        assert len(site.commerce7.calls("account/user")) == asked
        tab.get_by_role("link", name="Back to the Commerce7 admin").click()
        expect(tab.frame_locator("iframe").get_by_text(LOG)).to_be_visible()

    def test_a_strangers_page_cannot_frame_it(self, site: Site, desk: Desk) -> None:
        # Under another name of this machine, the same page has an origin that is not allowed.
        stranger = desk.admin_url.replace("127.0.0.1", "localhost")
        tab = desk.page.context.new_page()
        with tab.expect_console_message(lambda message: "frame-ancestors" in message.text):
            tab.goto(stranger)
        expect(tab.frame_locator("iframe").get_by_text(LOG)).to_have_count(0)
        assert site.service.rows() == []

    def test_the_documentation_says_what_each_problem_means(self, site: Site, desk: Desk) -> None:
        tab = desk.page.context.new_page()
        frame = opened_in_a_frame(tab, desk, site, account="a.forged.token")
        expect(frame.get_by_role("heading", name="Unauthorized")).to_be_visible()
        tab.frames[1].wait_for_url(lambda url: "forged" not in url)
        with tab.context.expect_page() as opened:
            frame.get_by_role("link", name="What this means").click()
        expect(opened.value.get_by_role("heading", name="Unauthorized")).to_be_in_viewport()

"""Two everyday tasks: prove that an order was reported, and see why one was not."""

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.builders import PIXEL
from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.screens import take

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(shut_desk: Desk) -> Desk:
    """Return the owner's desk; the app is opened when a test's orders are there."""
    return shut_desk


def own_page(desk: Desk) -> FrameLocator:
    """Return the frame once it shows an event's own page."""
    expect(desk.frame.locator("#event h1")).to_be_visible()
    return desk.frame


def ready(desk: Desk, site: Site, kind: str, status: str) -> Clicks:
    """Have one order end with this status, open the Overview, and count clicks from there."""
    number = site.commerce7.perform(kind)["object"]["orderNumber"]
    eventually(lambda: any(f" {status} " in row for row in site.service.rows()))
    clicks = Clicks(desk.page.context)
    desk.open()
    expect(desk.frame.get_by_role("link", name=f", Order #{number}")).to_be_visible()
    clicks.restart()
    return clicks


class TestProveToMyBossThatItWorks:
    def test_shows_metas_receipt_in_one_click_from_the_overview(
        self, desk: Desk, site: Site
    ) -> None:
        clicks = ready(desk, site, "web", "sent")
        desk.frame.get_by_role("link", name=", Order #").click()
        receipt = own_page(desk).get_by_role("region", name="Meta received this event")
        expect(receipt).to_contain_text(PIXEL)
        expect(receipt).to_contain_text("1 event received")
        expect(receipt.locator("code")).not_to_be_empty()
        assert clicks.number == 1
        assert "tab=activity%2Fevent&key=" in desk.frame_address()
        assert axe.violations(desk.page.frames[1]) == []

    def test_puts_nothing_on_paper_but_the_receipt(self, desk: Desk, site: Site) -> None:
        clicks = ready(desk, site, "web", "sent")
        desk.frame.get_by_role("link", name=", Order #").click()
        frame = own_page(desk)
        desk.page.frames[1].evaluate("window.print = () => { window.isPrinted = true }")
        frame.get_by_role("button", name="Print").click()
        assert desk.page.frames[1].evaluate("window.isPrinted")
        assert clicks.number == 2
        desk.page.emulate_media(media="print")
        for hidden in ("nav.tabs", "button", "#share-title"):
            expect(frame.locator(hidden).first).to_be_hidden()
        for shown in ("Meta received this event", "Timeline", "This page has no customer data"):
            expect(frame.get_by_text(shown).first).to_be_visible()
        take(desk.page, "event-printed")

    def test_gives_a_colleague_a_link_that_the_search_field_takes(
        self, desk: Desk, site: Site
    ) -> None:
        ready(desk, site, "web", "sent")
        desk.frame.get_by_role("link", name=", Order #").click()
        link = own_page(desk).locator("#event-link").inner_text()
        stranger = desk.page.context.new_page()
        stranger.goto(link)
        expect(stranger.get_by_role("heading")).to_have_text("Open this link inside Commerce7")
        stranger.close()
        desk.open("reader")
        desk.frame.get_by_role("link", name="Event Log", exact=True).click()
        expect(desk.frame.get_by_role("heading", name="Event Log", level=1)).to_be_visible()
        search = desk.frame.get_by_label("Order number, ID or link")
        search.fill(link)
        search.press("Enter")
        expect(desk.frame.locator("tbody.event")).to_have_count(1)
        desk.frame.locator(".opener").click()
        desk.frame.get_by_role("link", name="Print or share this event").click()
        expect(own_page(desk).get_by_role("heading", name="Meta received")).to_be_visible()

    def test_is_left_and_found_again_by_the_browsers_own_buttons(
        self, desk: Desk, site: Site
    ) -> None:
        ready(desk, site, "web", "sent")
        desk.frame.get_by_role("link", name=", Order #").click()
        own_page(desk)
        tab = desk.frame.get_by_role("navigation", name="1Pixel").locator("[aria-current]")
        expect(tab).to_have_text("Event Log")
        desk.page.frames[1].evaluate("history.back()")
        expect(desk.frame.get_by_role("heading", name="Overview", level=1)).to_be_visible()
        expect(tab).to_have_text("Overview")
        desk.page.frames[1].evaluate("history.forward()")
        expect(own_page(desk).get_by_role("heading", name="Meta received")).to_be_visible()
        expect(tab).to_have_text("Event Log")


class TestWhyWasThisNotSent:
    def test_is_said_with_its_cure_one_click_from_the_overview(
        self, desk: Desk, site: Site
    ) -> None:
        clicks = ready(desk, site, "pos-anonymous", "skipped")
        desk.frame.get_by_role("link", name=", Order #").click()
        card = own_page(desk).get_by_role("region", name="Meta has not received this event")
        expect(card).to_contain_text("Meta could not match it to a person.")
        cure = desk.frame.get_by_text("add an e-mail address or phone number to the customer")
        expect(cure).to_be_visible()
        assert clicks.number == 1

    def test_is_said_in_one_click_on_the_log(self, desk: Desk, site: Site) -> None:
        clicks = ready(desk, site, "pos-anonymous", "skipped")
        desk.frame.get_by_role("link", name="Event Log", exact=True).click()
        expect(desk.frame.get_by_role("heading", name="Event Log", level=1)).to_be_visible()
        row = desk.frame.locator("tbody.event")
        row.locator("td").nth(3).click()
        expect(row).to_contain_text("Meta could not match it to a person.")
        expect(row).to_contain_text("add an e-mail address or phone number to the customer")
        assert clicks.number == 2

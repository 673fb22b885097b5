"""Everyday tasks that the Overview answers: a dead token, and what was reported this week."""

from functools import partial

import pytest
from playwright.sync_api import Locator, expect

from tests.builders import PIXEL
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 1280, 900
TOKEN = "EAAinventedtokenthatlives"


@pytest.fixture
def pixels() -> dict[str, str]:
    return {PIXEL: TOKEN}


def sent(site: Site, number: int) -> bool:
    return len([row for row in site.service.rows() if " sent " in row]) == number


def is_in_sight(element: Locator) -> bool:
    """Tell whether the element is on the screen without scrolling."""
    box = element.bounding_box()
    return box is not None and box["y"] + box["height"] <= HEIGHT


class TestAnOrderIsLookedFor:
    def test_says_what_to_enter_if_nothing_was(self, shut_desk: Desk) -> None:
        desk = shut_desk.open()
        field = desk.frame.get_by_label("Was an order sent?")
        find = desk.frame.get_by_role("button", name="Find", exact=True)
        find.click()
        expect(field).to_be_focused()
        assert field.evaluate("each => each.validationMessage") == "Enter an order number."
        field.fill("1002471")
        find.click()
        expect(desk.frame.get_by_text("Order 1002471 is not in your Event Log.")).to_be_visible()


class TestTheTokenHasExpired:
    def test_is_seen_at_first_sight_and_mended_with_two_clicks(
        self, site: Site, shut_desk: Desk
    ) -> None:
        site.service.configure(token=TOKEN)
        site.commerce7.perform("web")
        eventually(partial(sent, site, 1))
        site.meta.misbehave("expired", times=None)
        site.commerce7.perform("web")
        eventually(lambda: any(" on hold " in row for row in site.service.rows()))
        shut_desk.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        clicks = Clicks(shut_desk.page.context)
        desk = shut_desk.open()
        cure = desk.frame.locator("#alerts").get_by_role("link", name="Enter a new access token")
        expect(cure).to_be_visible()
        assert is_in_sight(cure)
        clicks.restart()
        cure.click()
        token = desk.frame.get_by_label("Access Token").first
        expect(token).to_be_focused()
        site.meta.behave()
        desk.page.keyboard.type(TOKEN)
        desk.frame.get_by_role("button", name="Save", exact=True).click()
        eventually(partial(sent, site, 2))
        assert clicks.number == 2
        expect(desk.frame.locator("#alerts .banner")).to_have_count(0)


class TestRevenueReportedThisWeek:
    def test_is_on_the_first_page_without_a_click(self, site: Site, shut_desk: Desk) -> None:
        site.service.configure(token=TOKEN)
        for _ in range(2):
            site.commerce7.perform("web")
        eventually(partial(sent, site, 2))
        clicks = Clicks(shut_desk.page.context)
        desk = shut_desk.open()
        figures = desk.frame.locator("#figures")
        expect(figures.get_by_role("heading", name="Last 7 days")).to_be_visible()
        tile = figures.locator(".tiles > div").filter(has_text="Purchase value sent")
        expect(tile).to_contain_text("231.68 USD")
        assert clicks.number == 0
        figures.get_by_role("button", name="30 days").click()
        expect(figures.get_by_role("heading", name="Last 30 days")).to_be_visible()
        expect(tile).to_contain_text("231.68 USD")
        assert clicks.number == 1

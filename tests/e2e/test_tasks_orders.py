"""The everyday task: was order 1042 sent, and if it is not in the log, why not?"""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.screens import take

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(shut_desk: Desk) -> Desk:
    """Return the owner's desk; the app is opened when clicks begin to count."""
    return shut_desk


@pytest.fixture
def clicks(desk: Desk) -> Clicks:
    """Return the clicks from the Overview on."""
    counted = Clicks(desk.page.context)
    desk.open()
    expect(desk.frame.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    counted.restart()
    return counted


def search(desk: Desk, number: object) -> Locator:
    """Search for the number from the Overview, and return the log's rows."""
    field = desk.frame.get_by_role("searchbox", name="Was an order sent?")
    field.click()
    field.fill(str(number))
    field.press("Enter")
    expect(desk.frame.get_by_role("heading", name="Event Log", level=1)).to_be_visible()
    return desk.frame.locator("tbody.event")


class TestWasOrder1042Sent:
    def test_is_answered_in_one_click_if_it_was(
        self, desk: Desk, site: Site, clicks: Clicks
    ) -> None:
        order = site.commerce7.perform("web")["object"]
        eventually(site.meta.events)
        row = search(desk, order["orderNumber"])
        expect(row).to_have_count(1)
        expect(row).to_contain_text("sent")
        assert clicks.number == 1

    @pytest.mark.parametrize(
        ("kind", "said"),
        [("web", "is in your log now"), ("unpaid", "The order is not paid yet.")],
    )
    def test_is_answered_by_commerce7_in_two_if_its_webhook_never_came(
        self, desk: Desk, site: Site, clicks: Clicks, kind: str, said: str
    ) -> None:
        site.service.kill()
        number = site.commerce7.perform(kind)["object"]["orderNumber"]
        site.service.start()
        rows = search(desk, number)
        expect(desk.frame.get_by_text(f"Order {number} is not in your Event Log.")).to_be_visible()
        take(desk.page, "order-missing")
        desk.frame.get_by_role("button", name="Ask Commerce7 now").click()
        answer = desk.frame.locator("#order-answer")
        expect(answer).to_contain_text(said)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(f"#{number}")
        assert clicks.number == 2
        take(desk.page, f"order-asked-{kind}")
        assert axe.violations(desk.page.frames[1]) == []
        if kind == "web":
            eventually(site.meta.events)
            expect(rows.get_by_text("sent", exact=True)).to_be_visible(timeout=10_000)

    def test_is_answered_for_a_mistyped_number(self, desk: Desk, clicks: Clicks) -> None:
        search(desk, 99999999)
        desk.frame.get_by_role("button", name="Ask Commerce7 now").click()
        heading = desk.frame.get_by_role("heading", name="Commerce7 has no order 99999999")
        expect(heading).to_be_focused()
        assert clicks.number == 2
        heading.press("Escape")
        expect(heading).to_have_count(0)

    def test_is_answered_for_a_reader_who_may_not_ask(self, desk: Desk) -> None:
        desk.open("reader")
        search(desk, 99999999)
        expect(
            desk.frame.get_by_text(re.compile("can ask Commerce7 for the order: Admin Owner"))
        ).to_be_visible()
        expect(desk.frame.get_by_role("button", name="Ask Commerce7 now")).to_have_count(0)

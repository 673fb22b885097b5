"""The everyday task: forget a customer who asked for it."""

import pytest
from playwright.sync_api import expect

from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.screens import take

pytestmark = pytest.mark.browser


class TestForgetACustomer:
    def test_takes_two_clicks_on_help_and_says_what_came_of_it(
        self, shut_desk: Desk, site: Site
    ) -> None:
        order = site.commerce7.perform("unpaid")["object"]
        eventually(lambda: any(" waiting " in row for row in site.service.rows()))
        clicks = Clicks(shut_desk.page.context)
        desk = shut_desk.open()
        desk.frame.get_by_role("link", name="Help", exact=True).click()
        form = desk.frame.locator("#forget")
        field = form.get_by_label("Customer's e-mail address")
        expect(field).to_be_visible()
        clicks.restart()
        field.click()
        field.fill("nobody at all")
        field.press("Enter")
        expect(form.get_by_text("This is not an e-mail address.")).to_be_visible()
        expect(form.get_by_text("Turn this on to confirm.")).to_be_visible()
        expect(field).to_be_focused()
        assert axe.violations(desk.page.frames[1]) == []
        take(desk.page, "forget-faults")
        field.fill(order["customer"]["emails"][0]["email"])
        form.get_by_label("I understand").click()
        field.press("Enter")
        expect(form.get_by_role("status")).to_contain_text("Done.")
        expect(field).to_have_count(0)
        assert clicks.number == 2
        take(desk.page, "forget-done")
        address = order["customer"]["emails"][0]["email"]
        assert address not in desk.frame_address()
        assert address not in site.service.last_words()

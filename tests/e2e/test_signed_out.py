"""A user who was signed out, or has another role: every tab says so by itself, with what to do."""

import pytest
import requests
from playwright.sync_api import expect

from service.web.dashboard.tabs import TABS
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT

pytestmark = pytest.mark.browser


class TestEveryTab:
    def test_says_so_after_the_staff_were_signed_out(self, site: Site, shut_desk: Desk) -> None:
        for tab in TABS:
            desk = shut_desk.open()
            desk.frame.get_by_role("link", name=tab.title, exact=True).click()
            expect(desk.frame.get_by_role("heading", name=tab.title, level=1)).to_be_visible()
            site.service.command("sign-out", TENANT)
            ended = desk.frame.get_by_role("heading", name="Your session has ended")
            expect(ended, tab.title).to_be_visible()
            expect(desk.frame.get_by_role("heading", name=tab.title, level=1)).to_have_count(0)
            cure = desk.frame.get_by_role("link", name="Back to the Commerce7 admin")
            expect(cure).to_be_visible()


class TestAnotherRole:
    def test_shows_with_the_next_renewal_what_it_may_do(self, site: Site, shut_desk: Desk) -> None:
        shut_desk.page.clock.install()
        desk = shut_desk.open()
        desk.frame.get_by_role("link", name="Configuration", exact=True).click()
        save = desk.frame.get_by_role("button", name="Save Settings")
        expect(save).to_be_visible()
        where = f"{site.commerce7.url}/_users/owner/role"
        requests.post(where, json={"role": "Data"}, timeout=5).raise_for_status()
        desk.page.clock.run_for(11 * 60_000)
        changed = desk.frame.get_by_text("Your role in Commerce7 has changed: Data.")
        expect(changed).to_be_visible()
        expect(save).to_have_count(0)
        expect(
            desk.frame.get_by_text("These roles can make changes: Admin Owner, Admin.")
        ).to_be_visible()
        assert desk.complaints == []

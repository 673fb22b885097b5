"""The everyday task: export a month's events for a report."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.screens import take

pytestmark = pytest.mark.browser


class TestExportAMonth:
    def test_takes_two_clicks_on_the_log_and_names_the_file_by_its_period(
        self, shut_desk: Desk, site: Site
    ) -> None:
        number = site.commerce7.perform("web")["object"]["orderNumber"]
        eventually(site.meta.events)
        clicks = Clicks(shut_desk.page.context)
        desk = shut_desk.open()
        desk.frame.get_by_role("link", name="Event Log", exact=True).click()
        expect(desk.frame.get_by_role("heading", name="Event Log", level=1)).to_be_visible()
        expect(desk.frame.locator("tbody.event")).to_have_count(1)
        clicks.restart()
        desk.frame.get_by_role("button", name="Export CSV").click()
        month = desk.frame.get_by_role("button", name="until today")
        expect(month).to_be_visible()
        take(desk.page, "export-panel")
        assert axe.violations(desk.page.frames[1]) == []
        with desk.page.expect_download() as download:
            month.click()
        assert clicks.number == 2
        assert re.fullmatch(
            r"1pixel-events-(\d{4}-\d\d)(-01-to-\1-\d\d)?\.csv", download.value.suggested_filename
        )
        assert str(number) in download.value.path().read_text()
        expect(desk.frame.get_by_text(re.compile(": no events")).first).to_be_visible()

"""A report by e-mail: chosen in the browser, sent by the service's own sweep."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from service.domain.tenants.notices import Notices
from service.domain.tenants.report_plan import ReportPlan
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.builders import TOKEN
from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.test_quality_browser import go_to
from tests.e2e.themes import look_at
from tests.smtp_server import Inbox, smtp_server
from tests.tenants import put

ADDRESS = "olive@winery.example"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as inbox:
        yield inbox


@pytest.fixture
def engines(inbox: Inbox) -> dict[str, str]:
    return inbox.settings


def let_it_be_due(site: Site) -> None:
    """Write a plan as if the last report had been told a month ago."""
    file = SqliteFile(str(site.service.folder / "data" / "1pixel.db"))
    long_ago = (datetime.now(UTC) - timedelta(days=31)).date()
    plan = ReportPlan(frequency="weekly", told_until=long_ago)
    put(SqliteTenants(file), TENANT, notices=Notices(report=plan))
    file.close()


def test_comes_once_with_both_bodies(site: Site, inbox: Inbox) -> None:
    site.service.configure("--set", f'alert_email="{ADDRESS}"', "--set", 'report="weekly"')
    let_it_be_due(site)
    site.service.start()
    site.commerce7.perform("web")
    eventually(site.meta.events)
    (mail,) = inbox.wait_for(1)
    assert (mail.recipients, mail.message["To"]) == ((ADDRESS,), ADDRESS)
    assert "your report for" in mail.message["Subject"]
    for body in (mail.text, mail.body("html")):
        assert "Sent to Meta" in body
        assert 'choose "No report"' in body.replace("&quot;", '"')
    assert TOKEN not in mail.raw.decode()
    for _ in range(3):
        assert site.service.call_task("/tasks/sweep").status_code == 200
    # Tasks of one queue run in their order: the order comes after what the sweeps have enqueued.
    site.commerce7.perform("web")
    eventually(lambda: len(site.meta.events()) == 2)
    assert len(inbox.mails) == 1
    assert ADDRESS not in site.service.log_file.read_text()


@pytest.mark.browser
def test_is_chosen_by_keyboard(desk: Desk) -> None:
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    go_to(desk, "Configuration")
    frame = desk.page.frames[1]
    off = desk.frame.get_by_role("radio", name="No report")
    expect(off).to_be_checked()
    desk.frame.get_by_label("E-mail for alerts").focus()
    desk.page.keyboard.press("Tab")
    expect(desk.frame.get_by_role("button", name="Send a test e-mail")).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(off).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.frame.get_by_role("radio", name="Every week")).to_be_checked()
    desk.frame.get_by_role("button", name="Save", exact=True).press("Enter")
    fault = desk.frame.get_by_text("Enter an address for your report").last
    expect(fault).to_be_visible()
    found = look_at(desk.page, "report-fault")
    desk.frame.get_by_role("link", name="E-mail for alerts").press("Enter")
    address = desk.frame.get_by_label("E-mail for alerts")
    expect(address).to_be_focused()
    address.fill(ADDRESS)
    desk.frame.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(desk.frame.get_by_text("Report by e-mail: off → weekly")).to_be_visible()
    expect(desk.frame.get_by_role("radio", name="Every week")).to_be_checked()
    found += look_at(desk.page, "report-saved")
    desk.page.locator("iframe").evaluate("element => { element.style.width = '320px' }")
    assert (found, axe.overflow(frame)) == ([], 0)
    # The refused form is the only thing that the browser complains of.
    assert [each for each in desk.complaints if "422" not in each] == []

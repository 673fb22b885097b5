"""Find missed events in the merchant's browser, and after a kill of the service in between."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from service.domain.delivery.schedule import LEASE_FOR
from service.domain.tenants.catch_up import begun_at
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.e2e import axe
from tests.e2e.browser import sit_down
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import take
from tests.e2e.test_lost_webhooks import trouble
from tests.tenants import put

pytestmark = pytest.mark.browser

ORDERS = 12
PATIENCE_MS = 40_000


@pytest.fixture
def is_reconciled() -> bool:
    """Let Commerce7's lists tell of changes."""
    return True


def sold_before_the_installation(site: Site) -> list[str]:
    """Let the shop sell, tell the service nothing of it, and install the app afterwards."""
    trouble(site, lost=1.0)
    made = [site.commerce7.perform("web")["object"]["id"] for _ in range(ORDERS)]
    with closing(SqliteFile(site.service.environ["SQLITE_PATH"])) as file:
        put(SqliteTenants(file), TENANT, catch_up=begun_at(datetime.now(UTC)))
    return sorted(f"c7-order-{each}" for each in made)


def test_events_from_before_are_counted_then_sent_even_after_a_kill(
    site: Site, browser: Browser
) -> None:
    expected = sold_before_the_installation(site)
    site.service.backoff_seconds = 2.0  # or the regular listings use up the winery's requests
    site.service.start()
    desk = sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}")
    desk.open()
    frame = desk.frame
    frame.get_by_role("link", name="Event Log").first.click()
    panel = frame.locator("#log-work")

    def is_counted() -> bool:
        frame.get_by_role("button", name="Find missed events").click()
        expect(panel.get_by_role("heading")).to_be_visible()
        return f"The last count: {ORDERS}" in panel.inner_text()

    # The first count begins with the installation.
    eventually(is_counted, within=PATIENCE_MS / 1000, pause=1)
    take(desk.page, "log-missed-plan")
    expect(panel).to_contain_text("Nothing is sent yet")
    frame.get_by_role("button", name="Count again").click()
    expect(panel).to_contain_text(f"{ORDERS} events were never sent.", timeout=PATIENCE_MS)
    expect(panel.get_by_role("heading")).to_have_text("Missed events found")
    take(desk.page, "log-missed-found")
    assert axe.violations(desk.page.frames[1]) == []
    assert site.meta.events() == []

    frame.get_by_role("button", name=f"Send {ORDERS} events").click()
    eventually(site.meta.events, within=40)
    site.service.kill()
    site.service.start()

    def is_everything_sent() -> bool:
        site.service.call_task("/tasks/sweep")
        return len({each["event_id"] for each in site.meta.events()}) == ORDERS

    # An attempt that was killed keeps its lease for a minute.
    eventually(is_everything_sent, within=LEASE_FOR.total_seconds() + 30, pause=0.5)
    expect(panel).to_contain_text("The log shows the result", timeout=PATIENCE_MS)
    sent = [each for each in site.meta.events() if not each["repeat"]]
    assert sorted(each["event_id"] for each in sent) == expected
    desk.page.context.close()

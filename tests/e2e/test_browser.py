"""What a newcomer does after `make run`, in a real browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
FIVE_SECONDS = 5_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium")
        pytest.skip("no Chromium on this machine: browser tests are skipped")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def log_page(site: Site, browser: Browser, complaints: list[str]) -> Iterator[Page]:
    site.service.start()
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site.service.url}/?tenantId={TENANT}")
    yield page
    context.close()


def test_an_order_placed_in_commerce7_shows_as_sent_within_five_seconds(
    site: Site, log_page: Page, complaints: list[str]
) -> None:
    expect(log_page.get_by_text("No events yet")).to_be_visible()
    shop = log_page.context.new_page()
    shop.goto(f"{site.sandbox_url}/commerce7/")
    shop.get_by_role("button", name="Web order", exact=True).click()

    row = log_page.get_by_role("row").filter(has_text="Purchase")
    expect(row).to_contain_text("sent", timeout=FIVE_SECONDS)

    (event,) = site.meta.events()
    expect(row).to_contain_text(event["event_id"].removeprefix("c7-order-"))
    meta = log_page.context.new_page()
    meta.goto(f"{site.sandbox_url}/meta/")
    expect(meta.get_by_text(event["event_id"]).first).to_be_visible()
    assert complaints == []


def test_a_log_left_open_keeps_following(site: Site, log_page: Page, complaints: list[str]) -> None:
    shop = log_page.context.new_page()
    shop.goto(f"{site.sandbox_url}/commerce7/")
    rows = log_page.get_by_role("row").filter(has_text="Purchase")
    for number, (button, status) in enumerate(
        [("Unpaid web order", "waiting"), ("POS order, no customer", "no match keys")], start=1
    ):
        shop.get_by_role("button", name=button, exact=True).click()
        expect(rows).to_have_count(number, timeout=FIVE_SECONDS)
        expect(rows.first).to_contain_text(status)
    shop.get_by_role("button", name="Pay the last unpaid order").click()

    expect(rows.first).to_contain_text("sent", timeout=FIVE_SECONDS)
    expect(rows).to_have_count(2)
    assert complaints == []

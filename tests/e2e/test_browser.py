"""A newcomer's first steps after `make run`, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Desk
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

# The page polls every 5 s; a busy machine may need as long again.
PATIENCE = 15_000


def test_an_order_placed_in_commerce7_shows_as_sent_by_itself(site: Site, desk: Desk) -> None:
    expect(desk.frame.get_by_text("No events yet")).to_be_visible()
    shop = desk.page.context.new_page()
    shop.goto(f"{site.sandbox_url}/commerce7/")
    shop.get_by_role("button", name="Web order", exact=True).click()

    row = desk.frame.get_by_role("row").filter(has_text="Purchase")
    expect(row).to_contain_text("sent", timeout=PATIENCE)

    (event,) = site.meta.events()
    expect(row).to_contain_text(event["event_id"].removeprefix("c7-order-"))
    meta = desk.page.context.new_page()
    meta.goto(f"{site.sandbox_url}/meta/")
    expect(meta.get_by_text(event["event_id"]).first).to_be_visible()
    assert desk.complaints == []


def test_a_log_left_open_keeps_following(site: Site, desk: Desk) -> None:
    shop = desk.page.context.new_page()
    shop.goto(f"{site.sandbox_url}/commerce7/")
    rows = desk.frame.get_by_role("row").filter(has_text="Purchase")
    for number, (button, status) in enumerate(
        [
            ("Unpaid web order", "waiting"),
            ("POS order, no customer", "too little customer information"),
        ],
        start=1,
    ):
        shop.get_by_role("button", name=button, exact=True).click()
        expect(rows).to_have_count(number, timeout=PATIENCE)
        expect(rows.first).to_contain_text(status)
    shop.get_by_role("button", name="Pay the last unpaid order").click()

    expect(rows.first).to_contain_text("sent", timeout=PATIENCE)
    expect(rows).to_have_count(2)
    assert desk.complaints == []

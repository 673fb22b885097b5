"""What the Event Log looks like, and how it is used by keyboard, touch and in high contrast."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import axe
from tests.e2e.conftest import Site
from tests.e2e.harness import an_order_webhook, eventually
from tests.e2e.log_page import PATIENCE_MS, Log
from tests.e2e.screens import settle, take
from tests.e2e.themes import each_theme

pytestmark = pytest.mark.browser

MANY = 30
LARGE = 99_999_999_999  # in cents
DASH = "\N{EN DASH}"
# Rows whose whole box is within the frame.
SEEN = """() => [...document.querySelectorAll("tbody.event > tr:first-child")].filter(
  (row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
HEIGHTS = """() => [...document.querySelectorAll("tbody.event > tr:first-child")].map(
  (row) => Math.round(row.getBoundingClientRect().height))"""
# Cells of a row whose text reaches beyond their own box, by the cells' labels.
OVERLAPS = """() => [...document.querySelectorAll("td.number, td.when")].filter((cell) => {
  if (!cell.textContent.trim()) return false;
  const text = document.createRange();
  text.selectNodeContents(cell);
  const [inner, outer] = [text, cell].map((each) => each.getBoundingClientRect());
  const { paddingLeft, paddingRight } = getComputedStyle(cell);
  const left = outer.left + parseFloat(paddingLeft);
  const right = outer.right - parseFloat(paddingRight);
  return inner.left < left - 1 || inner.right > right + 1;
}).map((cell) => cell.textContent)"""


# The longest time that a row shows.
AGES = """() => document.querySelectorAll("td.when").forEach((cell) => {
  cell.querySelector("time").textContent = "59 min ago";
  cell.querySelector(".quiet").textContent = "Nov 28, 12:58 PM";
})"""


def fit(page: Page, width: int, height: int) -> None:
    """Give the app's frame this size."""
    page.set_viewport_size({"width": width + 200, "height": height + 200})
    page.locator("iframe").evaluate(
        "(frame, [w, h]) => frame.setAttribute('style',"
        " `position: fixed; inset: 0; border: 0; width: ${w}px; height: ${h}px`)",
        [width, height],
    )
    settle(page)


def fill(log: Log, number: int = MANY) -> None:
    """Deliver some orders: one unpaid, one of a large amount, and a sale without a customer."""
    for each in range(number - 2):
        log.order(1000 + each)
    unpaid = {"paymentStatus": "Pending", "orderPaidDate": None}
    assert log.service.tell(an_order_webhook(orderNumber=1090, **unpaid)).ok
    assert log.service.tell(an_order_webhook(orderNumber=1091, total=LARGE)).ok
    log.pass_a_poll()
    expect(log.row(1091)).to_be_visible(timeout=PATIENCE_MS)


def test_shows_twelve_rows_at_once(log: Log) -> None:
    fill(log)
    page = log.desk.page
    fit(page, 1280, 900)
    frame = page.frames[1]
    for _ in each_theme(page, "log-dense"):
        fit(page, 1280, 900)
        assert frame.evaluate(SEEN) >= 12
        frame.evaluate(AGES)
        heights = frame.evaluate(HEIGHTS)
        assert sorted(heights)[-2] <= 40, heights
        assert frame.evaluate(OVERLAPS) == []
        assert axe.violations(frame) == []


def test_is_a_card_with_labels_on_a_phone(log: Log) -> None:
    fill(log, 6)
    page, frame = log.desk.page, log.desk.page.frames[1]
    fit(page, 390, 800)
    log.opener(1001).click()
    expect(log.row(1001).get_by_role("heading", name="Timeline")).to_be_visible()
    take(page, "log-phone")
    fit(page, 390, 800)
    assert axe.overflow(frame) <= 0
    assert frame.evaluate(OVERLAPS) == []
    labels = frame.evaluate(
        """() => [...document.querySelector("tbody.event > tr").cells].map((cell) => {
          const { content } = getComputedStyle(cell, "::before");
          return content.split('"')[1];
        })"""
    )
    assert labels == ["Event", "Object", "Channel", "Value", "Status", "Received"]
    assert axe.violations(frame) == []


def test_opens_a_row_wherever_it_is_clicked(log: Log) -> None:
    fill(log, 4)
    row, timeline = log.row(1001), log.row(1001).get_by_role("heading", name="Timeline")
    row.locator("td.when").click()
    expect(timeline).to_be_visible()
    expect(log.opener(1001)).to_have_attribute("aria-expanded", "true")
    row.locator("td[data-label=Channel]").click()
    expect(timeline).to_have_count(0)
    copy = row.get_by_role("button", name="Copy the ID of Order #1001")
    copy.press("Enter")
    expect(row.get_by_text("Copied.")).to_be_visible()
    expect(timeline).to_have_count(0)
    pasted = log.frame.get_by_label("Order number")
    pasted.focus()
    pasted.press("Control+V")
    expect(pasted).to_have_value(row.locator("code").text_content() or "nothing")
    pasted.press("Enter")
    expect(log.rows).to_have_count(1)
    expect(log.row(1001)).to_be_visible()
    # A frame may have no clipboard; what is selected is then copied instead.
    log.desk.complaints.clear()


def test_is_filtered_and_paged_by_keyboard(log: Log) -> None:
    fill(log)
    expect(log.frame.get_by_text(f"1{DASH}25 of {MANY}")).to_be_visible()
    log.frame.get_by_role("link", name="Older", exact=True).press("Enter")
    expect(log.frame.get_by_text(f"26{DASH}{MANY} of {MANY}")).to_be_visible()
    log.frame.get_by_role("link", name="Newer", exact=True).press("Enter")
    expect(log.frame.get_by_text(f"1{DASH}25 of {MANY}")).to_be_visible()
    chip = log.chip("waiting")
    expect(chip).to_have_text("waiting 1")
    chip.press("Enter")
    expect(log.rows).to_have_count(1)
    expect(log.row(1090)).to_be_visible()
    expect(chip).to_have_attribute("aria-current", "true")
    expect(chip).to_be_focused()
    log.order(2000)
    expect(log.frame.get_by_role("link", name=f"All {MANY + 1}")).to_be_attached(
        timeout=PATIENCE_MS
    )
    log.chip("All").press("Enter")
    expect(log.row(2000)).to_be_visible()


def test_shows_in_high_contrast_what_is_chosen(log: Log) -> None:
    fill(log, 4)
    log.chip("waiting").click()
    expect(log.rows).to_have_count(1)
    page, frame = log.desk.page, log.desk.page.frames[1]
    page.emulate_media(forced_colors="active")
    look = "(each) => getComputedStyle(each)"
    current = log.frame.locator("nav.tabs a[aria-current]")
    others = log.frame.locator("nav.tabs a:not([aria-current])").all()
    line = current.evaluate(f"{look}.borderBottomColor")
    assert line not in {each.evaluate(f"{look}.borderBottomColor") for each in others}
    assert log.chip("waiting").evaluate(f"{look}.borderTopWidth") == "3px"
    assert log.chip("All").evaluate(f"{look}.borderTopWidth") == "1px"
    assert axe.violations(frame) == []
    take(page, "log-forced-colors")


def test_says_why_events_were_not_sent_and_sends_one_cause_again(log: Log, site: Site) -> None:
    site.meta.misbehave("invalid")
    log.order(1001)
    eventually(lambda: " error " in site.service.rows()[0])
    site.meta.misbehave("expired")
    log.order(1002)
    eventually(lambda: any(" on hold " in row for row in site.service.rows()))
    unpaid = {"paymentStatus": "Pending", "orderPaidDate": None}
    assert log.service.tell(an_order_webhook(orderNumber=1003, **unpaid)).ok
    log.pass_a_poll()
    log.frame.get_by_role("button", name="Why not sent?").press("Enter")
    panel = log.frame.locator("#log-work")
    expect(panel.get_by_role("heading")).to_have_text("Why events were not sent: 3 causes")
    expect(panel.get_by_role("heading")).to_be_focused()
    expect(panel).to_contain_text("Your access token has expired.")
    expect(panel.get_by_role("link", name="Enter a new token")).to_be_visible()
    expect(panel).to_contain_text("It is sent once the order is paid.")
    take(log.desk.page, "log-causes")
    assert axe.violations(log.desk.page.frames[1]) == []
    panel.get_by_role("button", name="Send 1 event again").press("Enter")
    expect(panel).to_contain_text("Only events that failed for this reason")

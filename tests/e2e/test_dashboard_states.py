"""Every state of the dashboard in both themes: axe finds nothing, and it fits any width.

`make screens` saves screenshots of them in `.screens/`, for review.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, expect

from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import settle
from tests.e2e.themes import look_at

pytestmark = pytest.mark.browser

NARROW = 320
# 320 pixels of width equal 1280 pixels at 400 % zoom (WCAG 2.2, Reflow).
WIDTHS = [(1200, "100%"), (640, "200%"), (NARROW, "100%")]


def the_frame(desk: Desk) -> Frame:
    return desk.page.frames[1]


def go_to(desk: Desk, tab: str) -> None:
    desk.frame.get_by_role("link", name=tab, exact=True).click()
    expect(desk.frame.get_by_role("heading", name=tab, level=1)).to_be_visible()


def open_everything(desk: Desk) -> None:
    the_frame(desk).evaluate(
        "document.querySelectorAll('details').forEach(each => each.open = true)"
    )


def of_a_newcomer(site: Site, desk: Desk) -> Iterator[str]:
    site.service.command("erase", TENANT, "--yes")
    site.commerce7.change_app("install")
    desk.open()
    expect(desk.frame.get_by_text("0 of 3 steps done")).to_be_visible()
    yield "newcomer-overview"
    go_to(desk, "Configuration")
    yield "newcomer-configuration"
    desk.frame.get_by_label("Pixel ID").first.fill("12")
    desk.frame.get_by_label("Currency").fill("dollars")
    desk.frame.get_by_role("button", name="Save Settings").click()
    expect(desk.frame.get_by_text("Not saved. Fix 3 fields:")).to_be_visible()
    yield "configuration-faults"
    desk.frame.get_by_role("link", name="Overview", exact=True).click()
    expect(desk.frame.get_by_role("dialog")).to_be_visible()
    yield "configuration-leave"
    desk.frame.get_by_role("button", name="Discard changes").click()
    expect(desk.frame.get_by_role("heading", name="Overview", level=1)).to_be_visible()


def of_a_winery(site: Site, desk: Desk) -> Iterator[str]:
    site.service.configure("--set", 'test_event_code="TEST1"', "--set", "enabled=true")
    for kind in ("web", "unpaid", "pos-anonymous", "join"):
        site.commerce7.perform(kind)
    desk.open()
    expect(desk.frame.get_by_text("Tracking live")).to_be_visible(timeout=15_000)
    yield "overview"
    yield from _of_a_log(desk)
    go_to(desk, "Help")
    yield "help"
    yield from _of_settings(desk)


def _of_a_log(desk: Desk) -> Iterator[str]:
    go_to(desk, "Event Log")
    yield "event-log"
    desk.frame.locator(".opener").first.click()
    expect(desk.frame.get_by_role("heading", name="Timeline")).to_be_visible()
    yield "event-log-row"
    desk.frame.get_by_role("button", name="Clear Log").click()
    expect(desk.frame.get_by_role("heading", name="Clear the filtered rows?")).to_be_visible()
    yield "event-log-clear"
    desk.frame.get_by_role("button", name="Send failed again").click()
    expect(desk.frame.get_by_label("Or all failures since")).to_be_visible()
    yield "event-log-resend"


def _of_settings(desk: Desk) -> Iterator[str]:
    go_to(desk, "Configuration")
    open_everything(desk)
    yield "configuration-open"
    desk.frame.get_by_label("AddToCart").uncheck()
    yield "configuration-unsaved"
    desk.frame.get_by_role("button", name="Save", exact=True).click()
    expect(desk.frame.get_by_text("Saved.", exact=True)).to_be_visible()
    yield "configuration-saved"
    desk.open("reader")
    go_to(desk, "Configuration")
    yield "configuration-reader"


def of_everyday_tasks(site: Site, desk: Desk) -> Iterator[str]:
    for kind in ("web", "pos-anonymous"):
        site.commerce7.perform(kind)
    desk.open()
    desk.frame.locator(".row-link").last.click()
    expect(desk.frame.locator("#event")).to_be_visible()
    yield "event-page"
    go_to(desk, "Overview")
    desk.frame.locator(".row-link").first.click()
    expect(desk.frame.get_by_role("heading", name="Meta has not received")).to_be_visible()
    yield "event-page-skipped"
    go_to(desk, "Event Log")
    desk.frame.get_by_role("button", name="Export CSV").click()
    expect(desk.frame.get_by_role("heading", name="Export events")).to_be_visible()
    yield "event-log-export"
    desk.frame.get_by_label("Order number, ID or link").fill("99999999")
    desk.frame.get_by_label("Order number, ID or link").press("Enter")
    desk.frame.get_by_role("button", name="Ask Commerce7 now").click()
    expect(desk.frame.get_by_role("heading", name="Commerce7 has no order")).to_be_visible()
    yield "event-log-missing"


def of_trouble(site: Site, desk: Desk) -> Iterator[str]:
    for mode in ("invalid", "expired"):
        site.meta.misbehave(mode)
        site.commerce7.perform("web")
        eventually(lambda: re.search(" (error|on hold) ", site.service.rows()[0]))
    desk.open()
    expect(desk.frame.locator("#alert-token-primary")).to_be_visible()
    go_to(desk, "Event Log")
    for opener in desk.frame.locator(".opener").all():
        opener.click()
    expect(desk.frame.get_by_role("heading", name="Timeline")).to_have_count(2)
    yield "event-log-trouble"
    desk.frame.get_by_label("From").fill("2030-01-01")
    expect(desk.frame.get_by_text("No events match your filters")).to_be_visible()
    yield "event-log-filtered"


def of_an_end(site: Site, desk: Desk) -> Iterator[str]:
    desk.open()
    expect(desk.frame.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    site.commerce7.change_app("uninstall")
    go = desk.frame.get_by_role("link", name="Configuration", exact=True)
    go.click()
    expect(desk.frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
    yield "session-ended"
    desk.open()
    expect(desk.frame.get_by_role("heading", name="1Pixel is not installed")).to_be_visible()
    yield "problem"


PARTS = [of_a_newcomer, of_a_winery, of_everyday_tasks, of_trouble, of_an_end]


@pytest.mark.parametrize("part", PARTS)
def test_every_state_is_fit_for_everybody(site: Site, shut_desk: Desk, part: object) -> None:
    assert callable(part)
    desk = shut_desk
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    wrong = {}
    for state in part(site, desk):
        wrong[state] = look_at(desk.page, state) + too_wide(desk)
    assert {state: found for state, found in wrong.items() if found} == {}


def too_wide(desk: Desk) -> list[str]:
    """Return the widths and font sizes at which the page scrolls sideways."""
    found = []
    for width, letters in WIDTHS:
        set_width(desk, f"{width}px", letters)
        if by := axe.overflow(the_frame(desk)):
            found.append(f"{by} px too wide at {width} px and {letters}")
    set_width(desk, "", "")
    return found


def set_width(desk: Desk, width: str, letters: str) -> None:
    look = "(element, width) => { element.style.width = width }"
    desk.page.locator("iframe").evaluate(look, width)
    the_frame(desk).evaluate(
        "(size) => { document.documentElement.style.fontSize = size }", letters
    )
    settle(desk.page)

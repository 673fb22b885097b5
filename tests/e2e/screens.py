"""Screenshots of the dashboard in every state, for review, in `.screens/` (ignored by git).

They are taken with SCREENS=1 only (`make screens`), since no test reads them.
"""

import os

from playwright.sync_api import Locator, Page

from tests.e2e.launch import ROOT

FOLDER = ROOT / ".screens"
ARE_WANTED = bool(os.environ.get("SCREENS"))
WIDTHS = {"": "", "-phone": "390px", "-200": "640px"}
"""The frame's widths: that of a desktop, a phone, and 1280 pixels at a zoom of 200 %."""

_AROUND = 600


def take(page: Page, name: str) -> None:
    """Take screenshots of the whole frame, of any length, in each of the widths."""
    if not ARE_WANTED:
        return
    frame, size = page.locator("iframe"), page.viewport_size
    assert size
    before = frame.evaluate("element => element.style.width")
    for suffix, width in WIDTHS.items():
        frame.evaluate("(element, width) => { element.style.width = width }", width or before)
        settle(page)
        _take_all(page, frame, f"{name}{suffix}", across=size["width"])
        page.set_viewport_size(size)
    frame.evaluate("(element, width) => { element.style.width = width }", before)
    settle(page)


def _take_all(page: Page, frame: Locator, name: str, *, across: int) -> None:
    height = page.frames[1].evaluate("document.documentElement.scrollHeight")
    # A browser paints only the visible part of a cross-site frame.
    page.set_viewport_size({"width": across, "height": height + _AROUND})
    frame.evaluate("(element, height) => { element.style.height = `${height}px` }", height)
    frame.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    frame.evaluate("element => { element.style.height = '' }")


def settle(page: Page) -> None:
    """Wait until the frame is painted in its present size, so that clicks hit their target."""
    size = page.locator("iframe").evaluate("element => [element.clientWidth, element.clientHeight]")
    page.frames[1].wait_for_function("([w, h]) => innerWidth === w && innerHeight === h", arg=size)
    page.frames[1].evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

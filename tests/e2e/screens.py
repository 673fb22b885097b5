"""Screenshots of the dashboard in every state, for review, in `.screens/` (ignored by git)."""

from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.harness import ROOT

FOLDER = ROOT / ".screens"
_AROUND = 600


def take(page: Page, name: str) -> Path:
    """Take a screenshot of the whole frame, of any length, and return its path."""
    frame, size = page.locator("iframe"), page.viewport_size
    height = page.frames[1].evaluate("document.documentElement.scrollHeight")
    assert size
    # A browser paints only the visible part of a cross-site frame.
    page.set_viewport_size({"width": size["width"], "height": height + _AROUND})
    frame.evaluate("(element, height) => { element.style.height = `${height}px` }", height)
    file = FOLDER / f"{name}.png"
    frame.screenshot(path=file, animations="disabled")
    frame.evaluate("element => { element.style.height = '' }")
    page.set_viewport_size(size)
    settle(page)
    return file


def settle(page: Page) -> None:
    """Wait until the frame is painted in its present size, so that clicks hit their target."""
    size = page.locator("iframe").evaluate("element => [element.clientWidth, element.clientHeight]")
    page.frames[1].wait_for_function("([w, h]) => innerWidth === w && innerHeight === h", arg=size)
    page.frames[1].evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

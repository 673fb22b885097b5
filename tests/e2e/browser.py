"""A real Chromium that blocks third-party cookies, as merchants' browsers do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

import pytest
from playwright.sync_api import (
    Browser,
    Error,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A machine that runs several tests at once answers late.
PATIENCE_MS = 15_000
# Chromium without a screen calls itself a crawler, which the storefront's hits are not taken of. A
# user agent of a context would not do: what a page sends while it is left has the browser's own.
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36"
)
FLAGS = [
    f"--user-agent={USER_AGENT}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--test-third-party-cookie-phaseout",
]
# Commerce7's own script is not on this machine; the page must work without it.
# htmx aborts a poll that is under way when the page changes, and prints these names.
BROKEN_OFF = ("htmx:afterRequest", "htmx:sendAbort")
# The last one is a timing hint that occurs on a busy machine: the font was loaded before its text.
EXPECTED_COMPLAINTS = (
    *BROKEN_OFF,
    "net::ERR_NAME_NOT_RESOLVED",
    "net::ERR_INTERNET_DISCONNECTED",
    "was preloaded using link preload but not used",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend a browser, or skip the test if none is installed."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium")
        pytest.skip("no Chromium on this machine: browser tests are skipped")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Desk:
    """A staff member's screen: Commerce7's admin with the app in its frame."""

    page: Page
    admin_url: str
    complaints: list[str] = field(default_factory=list)

    @property
    def frame(self) -> FrameLocator:
        """The app."""
        return self.page.frame_locator("iframe")

    def open(self, user: str = "owner", theme: str = "") -> Self:
        """Open the app from the admin's menu, as this user; return the desk."""
        self.page.goto(f"{self.admin_url}?as={user}&theme={theme}")
        return self

    def click_in_place(self, target: Locator) -> None:
        """Click where the target is shown now.

        A locator's own click scrolls to its target first, which moves a page whose target is
        sticky, and may hit what has come into its place.
        """
        # Two frames: what a script has scrolled is shown then.
        target.evaluate(
            "new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))"
        )
        box = target.bounding_box()
        assert box, "the target is not shown"
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def what_is_shown(self) -> str:
        """Return the app's accessibility tree, to explain a failure."""
        try:
            return self.frame.locator("body").aria_snapshot(timeout=PATIENCE_MS)
        except Error as error:
            return f"The app shows nothing: {error}"

    def frame_address(self) -> str:
        """Return the address that the app shows in its frame."""
        return self.page.frames[1].url


def sit_down(browser: Browser, admin_url: str) -> Desk:
    """Return a desk with a new browser context, which records the browser's complaints."""
    desk = Desk(browser.new_context().new_page(), admin_url)
    desk.page.on("console", lambda message: _note(desk, message.type, message.text))
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    return desk


def _note(desk: Desk, kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not any(each in text for each in EXPECTED_COMPLAINTS):
        desk.complaints.append(text)

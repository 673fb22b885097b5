"""A real Chromium that takes no cookies of third parties, as merchants' browsers do."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Error, FrameLocator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A machine that plays several tests at once answers late.
PATIENCE_MS = 15_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--test-third-party-cookie-phaseout",
]
# Commerce7's own script lies outside this machine; the page must do without it.
# A poll that is under way when the page under it changes is broken off by htmx, with a word on it.
BROKEN_OFF = ("htmx:afterRequest", "htmx:sendAbort")
# The last one is a hint on timing, which a busy machine earns: the font came before its text.
EXPECTED_COMPLAINTS = (
    *BROKEN_OFF,
    "net::ERR_NAME_NOT_RESOLVED",
    "net::ERR_INTERNET_DISCONNECTED",
    "was preloaded using link preload but not used",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Lend a browser, or skip the test where there is none."""
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

    def open(self, user: str = "owner", theme: str = "") -> None:
        """Open the app from the admin's menu, as this user."""
        self.page.goto(f"{self.admin_url}?as={user}&theme={theme}")

    def what_is_shown(self) -> str:
        """Return what a screen reader finds in the app, to explain a failure."""
        try:
            return self.frame.locator("body").aria_snapshot(timeout=PATIENCE_MS)
        except Error as error:
            return f"The app shows nothing: {error}"

    def frame_address(self) -> str:
        """Return the address that the app shows in its frame."""
        return self.page.frames[1].url


def sit_down(browser: Browser, admin_url: str) -> Desk:
    """Return a desk with a browser of its own, which notes whatever it has to complain of."""
    desk = Desk(browser.new_context().new_page(), admin_url)
    desk.page.on("console", lambda message: _note(desk, message.type, message.text))
    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    return desk


def _note(desk: Desk, kind: str, text: str) -> None:
    if kind in {"error", "warning"} and not any(each in text for each in EXPECTED_COMPLAINTS):
        desk.complaints.append(text)

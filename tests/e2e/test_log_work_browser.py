"""Send again and Clear Log in the merchant's browser, framed, with the keyboard."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, expect

from tests.e2e.axe import overflow, violations
from tests.e2e.browser import Desk, sit_down
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import take
from tests.e2e.themes import look_at

pytestmark = pytest.mark.browser

PATIENCE_MS = 20_000
MANY = 22


class Work:
    """The Event Log tab with its panel, as a user sees it."""

    def __init__(self, desk: Desk, site: Site) -> None:
        self.desk, self.site = desk, site
        self.frame: FrameLocator = desk.frame

    def open(self, user: str = "owner") -> None:
        self.desk.open(user)
        self.frame.get_by_role("link", name="Event Log").first.click()
        expect(self.frame.get_by_role("heading", name="Event Log")).to_be_visible()

    @property
    def panel(self) -> Locator:
        return self.frame.locator("#log-work")

    @property
    def heading(self) -> Locator:
        return self.panel.get_by_role("heading")

    def button(self, name: str) -> Locator:
        return self.frame.get_by_role("button", name=name)

    def fail(self, number: int) -> None:
        """Deliver `number` orders that Meta refuses; afterwards Meta works again."""
        self.site.meta.misbehave("invalid", times=None)
        for _ in range(number):
            self.site.commerce7.perform("web")
        eventually(lambda: len(self.site.meta.refusals()) >= number, within=60)
        eventually(lambda: " error " in self.site.service.rows()[0])
        self.site.meta.behave()

    def send_two_again(self) -> None:
        """Deliver two orders that fail, send them again, and check the message."""
        self.fail(2)
        self.open()
        self.button("Send failed again").click()
        self.button("Send 2 events again").click()
        expect(self.panel).to_contain_text("Sending 2 events again")

    def begin_to_send_many(self) -> Locator:
        """Begin to resend many failed orders; return the progress bar, which stays at zero."""
        self.fail(MANY)
        self.open()
        # The service is stopped, so that the queue does nothing until the bar is checked.
        self.site.service.stop()
        self.site.service.start("tests.e2e.special:with_a_late_queue()")
        self.button("Send failed again").click()
        self.button(f"Send {MANY} events again").click()
        bar = self.panel.get_by_role("progressbar")
        expect(bar).to_have_attribute("max", str(MANY))
        return bar


@pytest.fixture
def work(site: Site, browser: Browser) -> Iterator[Work]:
    """Return the Event Log on the owner's desk."""
    site.service.start()
    desk = sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}")
    yield Work(desk, site)
    assert desk.complaints == []
    desk.page.context.close()


class TestSendingAgain:
    def test_asks_first_and_gives_the_focus_back_when_it_is_cancelled(self, work: Work) -> None:
        work.fail(1)
        work.open()
        opener = work.button("Send failed again")
        for closes in ("Escape", "Cancel"):
            opener.press("Enter")
            expect(work.heading).to_have_text("1 event can be sent again")
            expect(work.heading).to_be_focused()
            if closes == "Escape":
                work.desk.page.keyboard.press("Escape")
            else:
                work.button("Cancel").press("Enter")
            expect(work.heading).to_have_count(0)
            expect(opener).to_be_focused()
        assert len(work.site.meta.events()) == 0

    def test_sends_a_few_at_once(self, work: Work) -> None:
        work.fail(2)
        work.open()
        work.button("Send failed again").click()
        expect(work.heading).to_be_focused()
        work.button("Send 2 events again").press("Enter")
        expect(work.panel).to_contain_text("Sending 2 events again")
        expect(work.heading).to_be_focused()
        eventually(lambda: len(work.site.meta.events()) == 2)
        sent = work.frame.locator("tbody.event").get_by_text("sent", exact=True)
        expect(sent).to_have_count(2, timeout=PATIENCE_MS)

    def test_is_not_spoken_of_again_once_its_panel_is_closed(self, work: Work) -> None:
        work.send_two_again()
        work.button("Close").click()
        work.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(work.frame.get_by_role("link", name="Clear filters")).to_be_visible()
        expect(work.heading).to_have_count(0)
        work.open()
        expect(work.frame.locator("tbody.event")).to_have_count(2)
        expect(work.heading).to_have_count(0)

    def test_is_not_spoken_of_again_once_something_else_was_asked(self, work: Work) -> None:
        work.send_two_again()
        work.button("Clear Log").click()
        # Rows under way cannot be cleared, so there may be some or none.
        expect(work.heading).to_have_text(re.compile(r"Clear the filtered rows\?|No rows to clear"))
        work.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(work.frame.get_by_role("link", name="Clear filters")).to_be_visible()
        expect(work.heading).to_have_count(0)

    def test_shows_how_far_many_are_through_reloads(self, work: Work) -> None:
        bar = work.begin_to_send_many()
        work.open()
        expect(bar).to_be_visible()
        expect(work.heading).not_to_be_focused()
        work.site.service.stop()
        work.site.service.start()
        assert work.site.service.call_task("/tasks/sweep").ok
        expect(work.panel).to_contain_text("The log shows the result", timeout=PATIENCE_MS)
        expect(bar).to_have_count(0)
        eventually(lambda: len(work.site.meta.events()) == MANY, within=60)
        work.desk.complaints.clear()  # the service was away

    def test_can_be_stopped_with_the_keyboard(self, work: Work) -> None:
        bar = work.begin_to_send_many()
        stop = work.button("Stop sending")
        stop.focus()
        # The bar polls every second, and its answers leave the focus where it is.
        for _ in range(2):
            with work.desk.page.expect_response(lambda answer: "/activity/work/" in answer.url):
                pass
        expect(stop).to_be_focused()
        assert violations(work.desk.page.frames[1]) == []
        take(work.desk.page, "log-resend-running")
        work.desk.page.keyboard.press("Enter")
        said = f"Stopped by Olive Owner after 0 of {MANY}"
        expect(work.panel.get_by_role("status")).to_contain_text(said)
        expect(work.heading).to_have_text("Sending events again was stopped")
        expect(work.heading).to_be_focused()
        expect(bar).to_have_count(0)
        expect(stop).to_have_count(0)
        assert violations(work.desk.page.frames[1]) == []
        take(work.desk.page, "log-resend-stopped")
        work.button("Send failed again").click()
        expect(work.heading).to_have_text(f"{MANY} events can be sent again")
        assert work.site.meta.events() == []
        work.desk.complaints.clear()  # the service was away

    def test_that_another_person_stops_is_seen_and_keeps_the_focus_near(
        self, work: Work, browser: Browser
    ) -> None:
        work.begin_to_send_many()
        work.button("Stop sending").focus()
        other = sit_down(browser, work.desk.admin_url)
        theirs = Work(other, work.site)
        theirs.open()
        theirs.button("Stop sending").click()
        expect(theirs.heading).to_be_focused()
        expect(work.panel).to_contain_text(f"after 0 of {MANY}", timeout=PATIENCE_MS)
        expect(work.heading).to_be_focused()
        other.page.context.close()
        work.desk.complaints.clear()  # the service was away

    def test_of_one_row_answers_beside_it(self, work: Work) -> None:
        work.fail(1)
        work.open()
        work.frame.locator(".opener").click()
        work.button("Send again").press("Enter")
        eventually(lambda: len(work.site.meta.events()) == 1)
        sent = work.frame.locator("tbody.event").get_by_text("sent", exact=True).first
        expect(sent).to_be_visible(timeout=PATIENCE_MS)
        # The focused button is gone; the focus must not jump to the top of the page.
        expect(work.button("Send again")).to_have_count(0)
        expect(work.frame.locator(".opener")).to_be_focused()

    def test_is_not_offered_to_a_reader(self, work: Work) -> None:
        work.fail(1)
        work.open("reader")
        for name in ("Send failed again", "Clear Log"):
            expect(work.button(name)).to_have_count(0)


class TestClearing:
    def test_says_what_it_does_and_does_it_once_it_is_confirmed(self, work: Work) -> None:
        work.fail(1)
        work.open()
        work.button("Clear Log").press("Enter")
        expect(work.heading).to_have_text("Clear the filtered rows?")
        expect(work.heading).to_be_focused()
        expect(work.panel).to_contain_text("Permanently deletes 1 row")
        with work.desk.page.expect_download() as download:
            work.button("Export them as CSV first").click()
        assert "Purchase" in download.value.path().read_text()
        work.button("Clear 1 row").press("Enter")
        expect(work.panel).to_contain_text("1 row cleared")
        expect(work.frame.locator("tbody.event")).to_have_count(0)

    def test_is_seen_although_the_log_is_paused(self, work: Work) -> None:
        work.fail(1)
        work.open()
        work.button("Pause").click()
        work.button("Clear Log").click()
        work.button("Clear 1 row").click()
        expect(work.panel).to_contain_text("1 row cleared")
        expect(work.frame.locator("tbody.event")).to_have_count(0)
        expect(work.frame.get_by_text("Paused. As of")).to_be_visible()


def test_every_panel_can_be_used_by_everybody(work: Work) -> None:
    work.fail(1)
    work.open()
    page = work.desk.page

    def look(name: str) -> None:
        found = look_at(page, f"log-{name}")
        assert found == [], json.dumps(found, indent=1)

    work.button("Send failed again").click()
    expect(work.heading).to_be_visible()
    look("resend-plan")
    page.set_viewport_size({"width": 375, "height": 800})
    assert overflow(page.frames[1]) <= 0
    look("resend-plan-narrow")
    page.set_viewport_size({"width": 1280, "height": 720})
    work.button("Clear Log").click()
    expect(work.heading).to_have_text("Clear the filtered rows?")
    look("clear-confirm")
    work.button("Send failed again").click()
    work.button("Send 1 event again").click()
    expect(work.panel).to_contain_text("Sending 1 event again")
    look("resent")

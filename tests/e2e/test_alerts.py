"""A refused token: the dashboard shows an alert and one e-mail is sent, until it is replaced."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.builders import PIXEL
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually
from tests.smtp_server import Inbox, smtp_server

OLD, NEW = "EAAinventedtokenthatdied", "EAAinventedtokenthatlives"
ADDRESS = "olive@winery.example"
DEAD = f"Your primary pixel {PIXEL} needs a new access token."


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with smtp_server() as inbox:
        yield inbox


@pytest.fixture
def pixels() -> dict[str, str]:
    return {PIXEL: NEW}


@pytest.fixture
def engines(inbox: Inbox) -> dict[str, str]:
    return inbox.settings


def sell(site: Site) -> str:
    webhook = an_order_webhook()
    assert site.service.tell(webhook).status_code == 200
    return str(webhook["payload"]["id"])


def turn(desk: Desk, *, hidden: bool) -> None:
    """Simulate that the page's tab is hidden, or shown again."""
    state = f"Object.defineProperty(document, 'hidden', {{value: {str(hidden).lower()}, "
    state += "configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    desk.page.frames[1].evaluate(state)


def is_held(site: Site) -> bool:
    return any("on hold" in row for row in site.service.rows())


def sales(site: Site) -> int:
    """Return how many sales Meta has; the test of a saved connection is none."""
    return len([each for each in site.meta.events() if each["event_name"] == "Purchase"])


class TestADeadToken:
    def test_is_written_of_once_however_many_events_wait(self, site: Site, inbox: Inbox) -> None:
        site.service.configure("--set", f'alert_email="{ADDRESS}"', token=OLD)
        site.service.start()
        sell(site)
        (mail,) = inbox.wait_for(1)
        assert (mail.recipients, mail.message["To"]) == ((ADDRESS,), ADDRESS)
        assert TENANT in mail.message["Subject"]
        assert DEAD in mail.text
        assert OLD not in mail.raw.decode()
        for _ in range(3):
            sell(site)
        eventually(lambda: len([row for row in site.service.rows() if "on hold" in row]) == 4)
        assert len(inbox.mails) == 1
        assert ADDRESS not in site.service.log_file.read_text()

    @pytest.mark.browser
    def test_shows_at_the_top_of_every_tab_until_there_is_a_new_one(
        self, site: Site, desk: Desk
    ) -> None:
        banner = desk.frame.get_by_role("status").filter(has_text=DEAD)
        expect(desk.frame.get_by_role("heading", name="Overview")).to_be_visible()
        expect(banner).to_have_count(0)
        site.service.configure(token=OLD)
        sell(site)
        eventually(partial(is_held, site))
        frame = desk.page.frames[1]
        frame.evaluate("htmx.trigger(document.body, 'alerts-changed')")
        for tab in ("Event Log", "Overview"):
            desk.frame.get_by_role("link", name=tab, exact=True).click()
            expect(banner).to_be_visible()

        banner.get_by_role("link", name="Enter a new access token").click()
        token = desk.frame.get_by_label("Access token", exact=False).first
        expect(token).to_be_focused()
        token.fill(NEW)
        desk.frame.get_by_role("button", name="Save Settings").first.click()
        expect(banner).to_have_count(0)
        eventually(lambda: sales(site) == 1)
        assert desk.complaints == []

    @pytest.mark.browser
    def test_shows_within_a_minute_by_itself_and_is_read_out_once(
        self, site: Site, shut_desk: Desk
    ) -> None:
        shut_desk.page.clock.install()
        desk = shut_desk.open()
        expect(desk.frame.get_by_role("heading", name="Overview")).to_be_visible()
        site.service.configure(token=OLD)
        sell(site)
        eventually(partial(is_held, site))
        desk.page.clock.run_for(61_000)
        banner = desk.frame.locator("#alert-token-primary")
        expect(banner).to_be_visible()
        banner.evaluate("each => { each.dataset.seen = 'yes' }")
        for _ in range(3):
            with desk.page.expect_response(lambda answer: "/alerts" in answer.url) as told:
                desk.page.clock.run_for(61_000)
            assert told.value.status == 204
        # The same element as before: the live region was not rewritten.
        expect(banner).to_have_attribute("data-seen", "yes")

        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        turn(desk, hidden=True)
        desk.page.clock.run_for(300_000)
        assert "/alerts" not in asked
        with desk.page.expect_response(lambda answer: "/alerts" in answer.url):
            turn(desk, hidden=False)
        assert desk.complaints == []

"""The Event Log tab, as a user sees it."""

from playwright.sync_api import FrameLocator, Locator, expect

from tests.e2e.browser import Desk
from tests.e2e.harness import Service, an_order_webhook

PATIENCE_MS = 15_000
POLL_MS = 5_100


class Log:
    """The Event Log tab, as a user sees it."""

    def __init__(self, desk: Desk, service: Service) -> None:
        self.desk, self.service = desk, service
        self.frame: FrameLocator = desk.frame
        self.frame.get_by_role("link", name="Event Log").first.click()
        expect(self.frame.get_by_role("heading", name="Event Log")).to_be_visible()

    @property
    def rows(self) -> Locator:
        return self.frame.locator("tbody.event")

    def order(self, number: int) -> str:
        """Deliver a paid web order, and return its id."""
        webhook = an_order_webhook(orderNumber=number)
        assert self.service.tell(webhook).ok
        return str(webhook["payload"]["id"])

    def row(self, number: int) -> Locator:
        return self.rows.filter(has_text=f"Order #{number}")

    def opener(self, number: int) -> Locator:
        """Return the button that opens the row of this order."""
        return self.frame.get_by_role("button", name=f", Order #{number}", exact=False)

    def chip(self, status: str) -> Locator:
        """Return the chip that shows the rows with this status alone."""
        return self.frame.get_by_role("group", name="Status").get_by_role("link", name=status)

    def choose_status(self, status: str) -> None:
        """Show the rows with this status alone."""
        self.chip(status).click()

    def pass_a_poll(self) -> None:
        """Advance the clock by five seconds, and wait for the answer to the poll."""
        with self.desk.page.expect_response(lambda answer: "/activity/table" in answer.url):
            self.desk.page.clock.fast_forward(POLL_MS)

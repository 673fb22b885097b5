"""The Event Log in the merchant's browser, framed, while events arrive."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually
from tests.e2e.log_page import PATIENCE_MS, POLL_MS, Log


class TestTheLog:
    def test_shows_an_order_with_the_next_poll(self, log: Log) -> None:
        log.order(1001)
        expect(log.row(1001).get_by_text("sent")).to_be_visible(timeout=PATIENCE_MS)

    def test_keeps_focus_and_an_open_row_while_fifty_events_arrive(
        self, log: Log, site: Site
    ) -> None:
        log.order(1001)
        eventually(site.meta.events)
        log.pass_a_poll()
        opener = log.opener(1001)
        opener.click()
        expect(log.row(1001).get_by_text("Meta received it")).to_be_visible()
        for number in range(20):
            for each in range(3 if number % 2 else 2):
                log.order(2000 + 10 * number + each)
            log.pass_a_poll()
        expect(log.row(2192)).to_be_visible(timeout=PATIENCE_MS)
        expect(opener).to_be_focused()
        expect(opener).to_have_attribute("aria-expanded", "true")
        expect(log.row(1001).get_by_text("Meta received it")).to_be_visible()

    def test_keeps_a_row_open_that_was_opened_during_a_poll(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        log.desk.page.route("**/activity/table*", hold)
        log.order(1002)
        with log.desk.page.expect_request("**/activity/table*"):
            log.desk.page.clock.fast_forward(POLL_MS)
        log.opener(1001).click()
        expect(log.opener(1001)).to_have_attribute("aria-expanded", "true")
        with log.desk.page.expect_response("**/activity/table*"):
            held[0].continue_()
        log.desk.page.unroute("**/activity/table*")
        log.pass_a_poll()
        expect(log.row(1002)).to_be_visible()
        expect(log.opener(1001)).to_have_attribute("aria-expanded", "true")

    def test_runs_nothing_that_a_field_holds(self, log: Log, site: Site) -> None:
        frame = log.desk.page.frames[1]
        frame.evaluate("() => { window.xss = () => { window.hasRun = true; }; }")
        hostile = "<img src=x xss onerror=xss()><svg xss onload=xss()>"
        webhook = an_order_webhook(orderNumber=hostile)
        webhook["payload"]["items"][0]["sku"] = f"\"'--></template>{hostile}"
        assert log.service.tell(webhook).ok
        eventually(site.meta.events)
        log.pass_a_poll()
        row = log.rows.filter(has_text=hostile)
        row.locator(".opener").click()
        expect(row.get_by_text("Timeline")).to_be_visible()
        expect(row.locator("code").filter(has_text=hostile)).to_be_visible()
        log.pass_a_poll()
        assert frame.evaluate("[window.hasRun, document.querySelectorAll('[xss]').length]") == [
            None,
            0,
        ]

    def test_closes_a_row_that_was_opened(self, log: Log) -> None:
        for number in (1001, 1002):
            log.order(number)
        log.pass_a_poll()
        for number in (1001, 1002):
            log.opener(number).press("Enter")
            expect(log.row(number).get_by_text("Timeline")).to_be_visible(timeout=PATIENCE_MS)
        for number in (1001, 1002):
            log.opener(number).press("Enter")
            expect(log.row(number).get_by_text("Timeline")).to_have_count(0)
        log.pass_a_poll()
        expect(log.frame.get_by_text("Timeline")).to_have_count(0)

    def test_leaves_open_rows_where_they_are_when_older_ones_are_asked_for(self, log: Log) -> None:
        for number in range(30):
            log.order(1000 + number)
        log.pass_a_poll()
        log.opener(1025).click()
        expect(log.row(1025).get_by_text("Timeline")).to_be_visible()
        log.frame.get_by_role("link", name="Older", exact=True).click()
        expect(log.row(1000)).to_be_visible(timeout=PATIENCE_MS)
        expect(log.rows).to_have_count(5)
        assert "open=" not in log.desk.frame_address()

    @pytest.mark.parametrize(
        ("status", "told"),
        [(500, "Something went wrong"), (403, "can view this, but not change")],
    )
    def test_says_that_something_went_wrong_until_something_else_is_done(
        self, log: Log, status: int, told: str
    ) -> None:
        pattern = "**/activity/resend*"
        log.desk.page.route(pattern, lambda route: route.fulfill(status=status, body="{}"))
        log.frame.get_by_role("button", name="Send failed again").click()
        expect(log.frame.get_by_text(told)).to_be_visible()
        log.pass_a_poll()
        expect(log.frame.get_by_text(told)).to_be_visible()
        log.desk.page.unroute(pattern)
        log.frame.get_by_role("button", name="Send failed again").click()
        expect(log.frame.get_by_text("No failed events")).to_be_visible()
        expect(log.frame.get_by_text(told)).to_have_count(0)
        log.desk.complaints.clear()

    def test_says_it_where_somebody_looks_who_has_scrolled_down(self, log: Log) -> None:
        for number in range(30):
            log.order(1000 + number)
        log.pass_a_poll()
        log.row(1005).scroll_into_view_if_needed()
        log.desk.page.route("**/activity/rows/*", lambda route: route.abort())
        log.desk.page.route("**/activity/table*", lambda route: route.abort())
        log.opener(1005).click()
        log.desk.page.clock.fast_forward(POLL_MS)
        expect(log.frame.get_by_text("Connection lost at")).to_be_attached(timeout=PATIENCE_MS)
        notice = log.frame.locator("#notice")
        expect(notice).to_have_text(
            "1Pixel cannot be reached. Check your connection, then try again."
        )
        expect(notice).to_be_in_viewport(ratio=1)
        log.desk.page.unroute("**/activity/table*")
        log.desk.page.clock.fast_forward(30_000)
        expect(log.frame.get_by_text("Live, every 5 seconds")).to_be_attached(timeout=PATIENCE_MS)
        expect(notice).to_be_empty()
        log.desk.complaints.clear()

    def test_tells_a_screen_reader_how_many_are_new(self, log: Log) -> None:
        log.pass_a_poll()
        log.order(1001)
        log.order(1002)
        expect(log.frame.locator("#news")).to_have_text("2 new events", timeout=PATIENCE_MS)

    def test_stands_still_while_it_is_paused(self, log: Log) -> None:
        log.frame.get_by_role("button", name="Pause").click()
        log.order(1001)
        log.desk.page.clock.fast_forward(POLL_MS)
        expect(log.frame.get_by_text("Paused. As of")).to_be_visible()
        expect(log.rows).to_have_count(0)
        log.frame.get_by_role("button", name="Resume").click()
        expect(log.row(1001)).to_be_visible(timeout=PATIENCE_MS)

    def test_stays_paused_while_a_row_is_opened_and_on_the_other_tab(self, log: Log) -> None:
        log.order(1001)
        expect(log.row(1001)).to_be_visible(timeout=PATIENCE_MS)
        log.frame.get_by_role("button", name="Pause").click()
        log.opener(1001).click()
        expect(log.row(1001).get_by_text("Timeline")).to_be_visible()
        expect(log.frame.get_by_text("Paused. As of")).to_be_visible()
        log.frame.get_by_role("link", name="Overview").first.click()
        expect(log.frame.get_by_role("heading", name="Overview")).to_be_visible()
        log.order(1002)
        log.desk.page.clock.fast_forward(POLL_MS)
        expect(log.frame.get_by_text("Paused. As of")).to_be_visible()
        log.frame.get_by_role("button", name="Resume").click()
        expect(log.row(1002)).to_be_visible(timeout=PATIENCE_MS)

    @pytest.mark.parametrize("width", [1280, 400])
    def test_moves_nothing_from_under_the_eyes(self, log: Log, width: int) -> None:
        log.desk.page.set_viewport_size({"width": width, "height": 700})
        for number in range(30):
            log.order(1000 + number)
        log.pass_a_poll()
        row = log.row(1015)
        row.scroll_into_view_if_needed()
        before = row.bounding_box()
        for number in range(5):
            log.order(2000 + number)
        log.pass_a_poll()
        expect(log.row(2004)).to_be_attached(timeout=PATIENCE_MS)
        after = row.bounding_box()
        assert before
        assert after
        assert abs(before["y"] - after["y"]) < 2

    def test_says_since_when_it_is_stale_and_recovers(self, log: Log) -> None:
        pattern = "**/activity/table*"
        log.desk.page.route(pattern, lambda route: route.abort())
        log.desk.page.clock.fast_forward(POLL_MS)
        expect(log.frame.get_by_text("Connection lost at")).to_be_visible(timeout=PATIENCE_MS)
        log.desk.page.unroute(pattern)
        log.order(1001)
        log.desk.page.clock.fast_forward(30_000)
        expect(log.row(1001)).to_be_visible(timeout=PATIENCE_MS)
        expect(log.frame.get_by_text("Live, every 5 seconds")).to_be_visible()
        log.desk.complaints.clear()

    def test_rests_while_nobody_looks_and_catches_up_at_once(self, log: Log) -> None:
        frame = log.desk.page.frames[1]
        see = (
            "is => { Object.defineProperty(document, 'hidden', "
            "{ get: () => is, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        polls: list[str] = []
        log.desk.page.on("request", lambda asked: polls.append(asked.url))
        frame.evaluate(see, True)  # noqa: FBT003 - hidden
        log.order(1001)
        log.desk.page.clock.fast_forward(4 * POLL_MS)
        assert [url for url in polls if "/activity/table" in url] == []
        frame.evaluate(see, False)  # noqa: FBT003 - seen again
        expect(log.row(1001)).to_be_visible(timeout=PATIENCE_MS)


class TestASession:
    def test_that_ends_while_the_log_is_open_says_so(self, log: Log, site: Site) -> None:
        site.commerce7.sign_out()
        log.desk.page.clock.fast_forward(16 * 60 * 1000)
        ended = log.frame.get_by_role("heading", name="Your session has ended")
        expect(ended).to_be_visible(timeout=PATIENCE_MS)
        expect(log.rows).to_have_count(0)
        log.desk.complaints.clear()


SHOWN = "Export what is shown"


class TestAnExport:
    def test_is_a_file_of_what_is_shown(self, log: Log, site: Site) -> None:
        log.order(1001)
        eventually(site.meta.events)
        log.pass_a_poll()
        log.frame.get_by_role("button", name="Export CSV").click()
        with log.desk.page.expect_download() as download:
            log.frame.get_by_role("button", name=SHOWN).click()
        assert re.fullmatch(
            r"1pixel-events-until-[0-9-]{10}\.csv", download.value.suggested_filename
        )
        text = download.value.path().read_text()
        assert "Purchase" in text
        assert "1001" in text
        expect(log.frame.get_by_role("heading", name="Event Log")).to_be_visible()

    def test_that_has_to_wait_says_so_on_the_page(self, log: Log) -> None:
        def refuse(route: Route) -> None:
            route.fulfill(status=503, json={"result": "service unavailable"})

        log.order(1001)
        log.frame.get_by_role("button", name="Export CSV").click()
        expect(log.frame.get_by_role("button", name=SHOWN)).to_be_visible()
        log.desk.page.route("**/activity/export*", refuse)
        log.frame.get_by_role("button", name=SHOWN).click()
        expect(log.frame.get_by_text("Too many exports are running")).to_be_visible()
        log.desk.page.unroute("**/activity/export*")
        with log.desk.page.expect_download():
            log.frame.get_by_role("button", name=SHOWN).click()
        expect(log.frame.get_by_text("Too many exports are running")).to_be_hidden()
        log.desk.complaints.clear()

    def test_after_the_sessions_end_says_so(self, log: Log, site: Site) -> None:
        expect(log.frame.get_by_role("button", name="Export CSV")).to_be_visible()
        site.service.command("sign-out", TENANT)
        log.frame.get_by_role("button", name="Export CSV").click()
        expect(log.frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
        log.desk.complaints.clear()

"""The Event Log's filters in the merchant's browser, with the mouse and by the keyboard."""

from playwright.sync_api import Route, expect

from tests.e2e.harness import an_order_webhook
from tests.e2e.log_page import PATIENCE_MS, POLL_MS, Log

REST_MS = 1_100


class TestFilters:
    def test_stand_in_the_address_and_come_back_from_it(self, log: Log) -> None:
        log.order(1001)
        unpaid = an_order_webhook(orderNumber=1002, paymentStatus="Pending", orderPaidDate=None)
        assert log.service.tell(unpaid).ok
        log.pass_a_poll()
        log.choose_status("waiting")
        expect(log.rows).to_have_count(1)
        expect(log.row(1002)).to_be_visible()
        log.desk.page.frames[1].wait_for_url("**tab=activity&status=waiting")

        log.frame.get_by_label("Order number").fill("1001")
        log.frame.get_by_label("Order number").press("Enter")
        expect(log.frame.get_by_text("is hidden by your filters")).to_be_visible()
        log.desk.page.frames[1].wait_for_url("**object=1001")
        log.desk.page.wait_for_load_state("networkidle")
        log.desk.page.evaluate("history.back()")
        expect(log.row(1002)).to_be_visible(timeout=PATIENCE_MS)
        expect(log.chip("waiting")).to_have_attribute("aria-current", "true")

    def test_let_a_day_be_typed(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        day = log.frame.get_by_label("From")
        day.focus()
        log.desk.page.keyboard.type("11202025")
        day.press("Enter")
        log.desk.page.frames[1].wait_for_url("**from=2025-11-20")

        day.blur()
        day.focus()
        log.desk.page.keyboard.type("08052026")
        expect(day).to_have_value("2026-08-05")
        log.frame.get_by_label("Order number").focus()
        log.desk.page.frames[1].wait_for_url("**from=2026-08-05")
        expect(log.row(1001)).to_be_visible()

    def test_let_a_day_be_counted_up_without_losing_the_place(self, log: Log) -> None:
        asked: list[str] = []
        log.desk.page.on("request", lambda each: asked.append(each.url))
        day = log.frame.get_by_label("From")
        day.focus()
        log.desk.page.keyboard.type("08052026")
        log.desk.page.clock.fast_forward(REST_MS)
        log.desk.page.frames[1].wait_for_url("**from=2026-08-05")
        for _ in range(3):
            day.press("ArrowUp")
        expect(day).to_have_value("2029-08-05")
        log.desk.page.clock.fast_forward(REST_MS)
        log.desk.page.frames[1].wait_for_url("**from=2029-08-05")
        day.press("ArrowDown")
        expect(day).to_have_value("2028-08-05")
        log.desk.page.clock.fast_forward(REST_MS)
        log.desk.page.frames[1].wait_for_url("**from=2028-08-05")
        assert len([url for url in asked if "/activity?" in url]) == 3

    def test_go_without_a_day_that_is_half_typed(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        log.frame.get_by_label("From").focus()
        log.desk.page.keyboard.type("1015")
        log.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(log.frame.get_by_text("No events match your filters")).to_be_visible()
        log.desk.page.frames[1].wait_for_url("**event=Lead")

    def test_take_a_year_of_two_digits_for_one_of_this_century(self, log: Log) -> None:
        day = log.frame.get_by_label("From")
        day.focus()
        log.desk.page.keyboard.type("101525")
        log.desk.page.clock.fast_forward(REST_MS)
        expect(day).to_have_value("0025-10-15")
        day.press("Enter")
        log.desk.page.frames[1].wait_for_url("**from=2025-10-15")
        expect(day).to_have_value("2025-10-15")

    def test_leave_alone_what_is_being_typed(self, log: Log) -> None:
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        log.desk.page.route("**/activity?*event=Lead*", hold)
        with log.desk.page.expect_request("**/activity?*event=Lead*"):
            log.frame.get_by_label("Event", exact=True).select_option("Lead")
        number = log.frame.get_by_label("Order number")
        number.press_sequentially("150")
        held[0].continue_()
        expect(log.frame.get_by_role("link", name="Clear filters")).to_be_visible()
        number.press_sequentially("1")
        expect(number).to_have_value("1501")

    def test_take_a_day_from_the_calendar_at_once(self, log: Log) -> None:
        log.frame.get_by_label("From").fill("2026-10-10")
        log.desk.page.frames[1].wait_for_url("**from=2026-10-10")

    def test_ask_once_when_enter_is_pressed(self, log: Log) -> None:
        asked: list[str] = []
        log.desk.page.on("request", lambda each: asked.append(each.url))
        number = log.frame.get_by_label("Order number")
        for text in ("1001", "1002"):
            number.fill(text)
            number.press("Enter")
            log.desk.page.frames[1].wait_for_url(f"**object={text}")
        assert [url.rpartition("=")[2] for url in asked if "/activity?" in url] == ["1001", "1002"]

    def test_are_asked_once_the_page_is_reached_again(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        log.desk.page.route("**/activity?*", lambda route: route.abort())
        log.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(log.frame.get_by_text("1Pixel cannot be reached")).to_be_visible()
        log.desk.page.unroute("**/activity?*")
        log.order(1002)
        log.pass_a_poll()
        log.desk.page.frames[1].wait_for_url("**event=Lead")
        expect(log.rows).to_have_count(0)
        log.desk.complaints.clear()

    def test_give_way_to_what_is_asked_after_them(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        log.frame.get_by_label("Channel").select_option("POS")
        expect(log.frame.get_by_text("No events match your filters")).to_be_visible()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        log.desk.page.route("**/activity?*event=*", hold)
        with log.desk.page.expect_request("**/activity?*event=*"):
            log.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(log.frame.get_by_role("link", name="Clear filters")).to_be_visible()
        log.frame.get_by_role("link", name="Clear filters").click()
        expect(log.row(1001)).to_be_visible()
        assert len(held) == 1
        held[0].fulfill(status=200, body="outdated")
        log.pass_a_poll()
        expect(log.row(1001)).to_be_visible()
        assert "event=" not in log.desk.frame_address()

    def test_say_that_a_period_ends_before_it_begins(self, log: Log) -> None:
        log.frame.get_by_label("From").fill("2026-10-10")
        log.desk.page.frames[1].wait_for_url("**from=2026-10-10")
        log.frame.get_by_label("To").fill("2026-01-10")
        expect(log.frame.get_by_text("The From date is later than the To date")).to_be_visible()

    def test_find_a_number_as_it_is_printed(self, log: Log) -> None:
        log.order(1001)
        log.order(1002)
        log.pass_a_poll()
        log.frame.get_by_label("Order number").fill("Order #1001")
        log.frame.get_by_label("Order number").press("Enter")
        expect(log.rows).to_have_count(1)
        expect(log.row(1001)).to_be_visible()

        log.frame.get_by_role("link", name="Clear filters").click()
        expect(log.rows).to_have_count(2)

    def test_are_not_undone_by_a_poll_from_before(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        log.desk.page.route("**/activity/table*", hold)
        with log.desk.page.expect_request("**/activity/table*"):
            log.order(1002)
            log.desk.page.clock.fast_forward(POLL_MS)
        log.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(log.rows).to_have_count(0)
        held[0].continue_()
        log.desk.page.unroute("**/activity/table*")
        log.pass_a_poll()
        expect(log.rows).to_have_count(0)
        expect(log.frame.get_by_text("Live, every 5 seconds")).to_be_visible()

    def test_hold_while_the_page_is_polled(self, log: Log) -> None:
        log.order(1001)
        log.pass_a_poll()
        log.frame.get_by_label("Event", exact=True).select_option("Lead")
        expect(log.rows).to_have_count(0)
        log.order(1002)
        log.pass_a_poll()
        expect(log.rows).to_have_count(0)

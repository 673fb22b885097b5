"""The sandbox's Commerce7: its admin page, and the orders made by its commands."""

import pytest

from tests.sandbox.bench import Bench, read
from tests.sandbox.commerce7_pages import BUTTONS, NEW_ORDERS
from tests.sandbox.state import Sandbox

COMMANDS = [command for labels in BUTTONS.values() for command in labels]


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestTheAdminPage:
    def test_has_a_button_for_everything_that_the_shop_can_do(self, bench: Bench) -> None:
        systems = bench.browser.application.extensions["sandbox"]
        assert isinstance(systems, Sandbox)
        assert sorted(COMMANDS) == sorted(systems.commerce7.shop.commands)
        page = bench.browser.get("/commerce7/").text
        assert [command for command in COMMANDS if f'value="{command}"' not in page] == []

    def test_makes_an_order_and_shows_the_answer(self, bench: Bench) -> None:
        answer = bench.browser.post("/commerce7/", data={"command": "california"})
        page = bench.browser.get("/commerce7/").text

        assert (answer.status_code, answer.headers["Location"]) == (303, "/commerce7/")
        [told] = bench.told
        assert told["tenantId"] == "sandbox-winery"
        assert told["payload"]["id"] in page
        assert str(told["payload"]["orderNumber"]) in page
        assert "115.84" in page
        assert "&#34;received&#34;: true" in page

    @pytest.mark.parametrize(
        ("command", "object_", "state"),
        [
            ("signup", "Customer", "With account"),
            ("signup-by-staff", "Customer", "Entered by staff"),
            ("join", "Club Membership", "Active"),
            ("book", "Reservation", "Paid"),
            ("book-by-phone", "Reservation", "Reserved"),
        ],
    )
    def test_shows_what_is_no_order(
        self, bench: Bench, command: str, object_: str, state: str
    ) -> None:
        bench.browser.post("/commerce7/", data={"command": command})
        page = bench.browser.get("/commerce7/").text

        assert bench.told[0]["payload"]["id"] in page
        assert f"<td>{object_}</td>" in page
        assert f"<td>{state}</td>" in page

    @pytest.mark.parametrize(
        ("command", "state"), [("leave", "Cancelled"), ("delete-membership", "Deleted")]
    )
    def test_shows_what_became_of_it(self, bench: Bench, command: str, state: str) -> None:
        bench.make("join")
        bench.make(command)
        page = bench.browser.get("/commerce7/").text

        assert f"<td>{state}</td>" in page
        assert "<td>Active</td>" not in page

    @pytest.mark.parametrize(("status", "colour"), [(200, "good"), (302, "bad"), (401, "bad")])
    def test_tells_good_answers_from_bad_ones(self, bench: Bench, status: int, colour: str) -> None:
        bench.status = status
        bench.browser.post("/commerce7/", data={"command": "web"})

        assert f'<strong class="{colour}">{status}<' in bench.browser.get("/commerce7/").text

    def test_says_so_when_there_is_nothing_to_do_it_to(self, bench: Bench) -> None:
        answer = bench.browser.post("/commerce7/", data={"command": "refund"})

        assert answer.status_code == 409
        assert "There is no paid order left to refund." in answer.text

    def test_says_so_when_the_service_is_away(self, bench: Bench) -> None:
        bench.status, bench.answer = None, "http://… cannot be reached. <b>Sorry</b>"
        bench.browser.post("/commerce7/", data={"command": "web"})
        page = bench.browser.get("/commerce7/").text

        assert "no answer" in page
        assert "cannot be reached. &lt;b&gt;Sorry" in page

    def test_knows_no_other_buttons(self, bench: Bench) -> None:
        assert bench.browser.post("/commerce7/", data={"command": "x"}).status_code == 400
        assert bench.browser.post("/commerce7/").status_code == 400

    @pytest.mark.parametrize(
        ("times", "planned"), [("once", "for the next request"), ("always", "until told otherwise")]
    )
    def test_makes_the_api_misbehave_and_behave(
        self, bench: Bench, times: str, planned: str
    ) -> None:
        answer = bench.browser.post("/commerce7/mood", data={"mode": "error500", "times": times})
        page = bench.browser.get("/commerce7/").text

        assert (answer.status_code, answer.headers["Location"]) == (303, "/commerce7/")
        assert "HTTP 500 with an error in JSON</strong>" in page
        assert planned in page
        bench.browser.post("/commerce7/mood", data={"mode": "ok"})
        assert "This API behaves." in bench.browser.get("/commerce7/").text
        assert bench.ask("order/x").status_code == 404

    @pytest.mark.parametrize("mode", ["x", "zero", "behave", ""])
    def test_knows_no_other_moods(self, bench: Bench, mode: str) -> None:
        assert bench.browser.post("/commerce7/mood", data={"mode": mode}).status_code == 400


class TestOrders:
    @pytest.mark.parametrize("route", ["orders", "signals"])
    @pytest.mark.parametrize("kind", NEW_ORDERS)
    def test_are_made_of_every_kind(self, bench: Bench, kind: str, route: str) -> None:
        made = bench.make(kind, route=route)

        assert made.keys() == {"object", "order", "webhooks"}
        assert made["object"] == made["order"]
        assert made["webhooks"] == [{"action": "Create", "status": 200, "body": {"received": True}}]
        assert [told["payload"] for told in bench.told] == [made["order"]]
        assert bench.told[0]["object"] == "Order"

    def test_can_have_a_californian_buyer(self, bench: Bench) -> None:
        assert bench.make("california")["order"]["billTo"]["stateCode"] == "CA"
        assert bench.make("web")["order"]["billTo"]["stateCode"] != "CA"

    def test_of_the_winery_itself_are_booked_on_its_own_record(self, bench: Bench) -> None:
        own = bench.make("own")["order"]

        assert own["channel"] == "POS"
        assert own["customer"]["emails"][0]["email"] == "tastingroom@shop.example.com"
        assert bench.found(f"customer/{own['customerId']}")["lastName"] == "Room"

    def test_of_a_person_without_an_email_need_a_look_up(self, bench: Bench) -> None:
        order = bench.make("pos-no-email")["order"]
        record = bench.found(f"customer/{order['customerId']}")

        assert order["customer"]["emails"] == []
        assert record["id"] == order["customer"]["id"]
        assert record["emails"][0]["email"].endswith("@example.com")
        assert record["phones"][0]["phone"].startswith("+1")

    def test_never_use_an_id_or_a_number_twice(self, bench: Bench) -> None:
        orders = [bench.make("web")["order"] for _ in range(5)]
        numbers = [order["orderNumber"] for order in orders]

        assert len({order["id"] for order in orders}) == 5
        assert numbers == sorted(set(numbers))

    def test_are_paid_later_the_last_one_first(self, bench: Bench) -> None:
        unpaid = bench.make("unpaid")["order"]
        bench.make("web")
        after = bench.make("pay")

        assert after["order"]["id"] == unpaid["id"]
        assert after["order"]["paymentStatus"] == "Paid"
        assert (bench.told[-1]["action"], bench.told[-1]["payload"]) == ("Update", after["order"])
        bench.make("pay", status=409)

    def test_are_refunded_once_and_only_when_paid(self, bench: Bench) -> None:
        root = bench.make("web")["order"]
        child = bench.make("refund")

        assert child["order"]["previousOrderId"] == root["id"]
        assert [delivery["action"] for delivery in child["webhooks"]] == ["Create", "Update"]
        assert bench.told[-1]["payload"]["linkedOrders"][0]["orderId"] == child["order"]["id"]
        bench.make("unpaid")
        bench.make("refund", status=409)

    def test_are_not_mixed_up_with_anything_else(self, bench: Bench) -> None:
        for kind in ("signup", "join", "book"):
            bench.make(kind)

        bench.make("pay", status=409)
        bench.make("refund", status=409)

    @pytest.mark.parametrize("kind", ["pos", "join", "leave", "book", "signup-by-staff"])
    def test_and_all_else_are_told_again_to_the_letter(self, bench: Bench, kind: str) -> None:
        bench.make("repeat", status=409)
        bench.make("join")
        made = bench.make(kind)
        again = bench.make("repeat")

        assert again["object"] == made["object"]
        assert ("order" in again) is (kind == "pos")
        assert len(again["webhooks"]) == 1
        assert bench.told[-1] == bench.told[-2]

    @pytest.mark.parametrize("route", ["orders", "signals"])
    @pytest.mark.parametrize("body", [{"kind": "x"}, {"kind": []}, {}, [], None])
    def test_and_all_else_are_listed_when_asked_wrongly(
        self, bench: Bench, body: object, route: str
    ) -> None:
        answer = bench.browser.post(f"/commerce7/{route}", json=body)

        assert answer.status_code == 400
        message = read(answer)["message"]
        named = message.removeprefix("kind must be one of: ").split(", ")
        assert sorted(named) == sorted(COMMANDS)

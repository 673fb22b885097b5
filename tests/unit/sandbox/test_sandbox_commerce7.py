"""The sandbox's Commerce7: its admin page, its shop and its API, without a network."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.sandbox import shop
from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.commerce7_pages import FOLLOW_UPS, NEW_ORDERS
from tests.sandbox.delivery import Delivery

CONFIG = SandboxConfig(
    service_url="http://localhost:8080/",
    webhook_user="sandbox",
    webhook_password="secret",
    pixels={},
    clock=lambda: datetime(2026, 8, 5, 12, 0, tzinfo=UTC),
)

Json = dict[str, Any]


class FakeService:
    """Takes webhooks in the service's stead, without a socket."""

    def __init__(self) -> None:
        self.told: list[Json] = []
        self.status: int | None = 200
        self.answer: Any = {"received": True}

    def deliver(self, webhook: Json, _config: SandboxConfig) -> Delivery:
        self.told.append(webhook)
        return Delivery(webhook["action"], self.status, self.answer)


@pytest.fixture
def fake() -> FakeService:
    return FakeService()


@pytest.fixture
def browser(fake: FakeService) -> FlaskClient:
    return create_sandbox(CONFIG, deliver=fake.deliver).test_client()


def make(browser: FlaskClient, kind: str, *, status: int = 201) -> Json:
    answer = browser.post("/commerce7/orders", json={"kind": kind})
    assert answer.status_code == status
    body = answer.get_json()
    assert isinstance(body, dict)
    return body


class TestTheAdminPage:
    def test_has_a_button_for_everything_that_the_shop_can_do(self) -> None:
        assert {*NEW_ORDERS, *FOLLOW_UPS} == set(shop.Shop(CONFIG, FakeService().deliver).commands)

    def test_makes_an_order_and_shows_the_answer(
        self, browser: FlaskClient, fake: FakeService
    ) -> None:
        answer = browser.post("/commerce7/", data={"command": "california"})
        page = browser.get("/commerce7/").text

        assert (answer.status_code, answer.headers["Location"]) == (303, "/commerce7/")
        [told] = fake.told
        assert told["tenantId"] == "sandbox-winery"
        assert told["payload"]["id"] in page
        assert str(told["payload"]["orderNumber"]) in page
        assert "115.84" in page
        assert "&#34;received&#34;: true" in page

    @pytest.mark.parametrize(("status", "colour"), [(200, "good"), (302, "bad"), (401, "bad")])
    def test_tells_good_answers_from_bad_ones(
        self, browser: FlaskClient, fake: FakeService, status: int, colour: str
    ) -> None:
        fake.status = status
        browser.post("/commerce7/", data={"command": "web"})

        assert f'<strong class="{colour}">{status}<' in browser.get("/commerce7/").text

    def test_says_so_when_there_is_nothing_to_do_it_to(self, browser: FlaskClient) -> None:
        answer = browser.post("/commerce7/", data={"command": "refund"})

        assert answer.status_code == 409
        assert "There is no paid order left to refund." in answer.text

    def test_says_so_when_the_service_is_away(
        self, browser: FlaskClient, fake: FakeService
    ) -> None:
        fake.status, fake.answer = None, "http://… cannot be reached. <b>Sorry</b>"
        browser.post("/commerce7/", data={"command": "web"})
        page = browser.get("/commerce7/").text

        assert "no answer" in page
        assert "cannot be reached. &lt;b&gt;Sorry" in page

    def test_knows_no_other_buttons(self, browser: FlaskClient) -> None:
        assert browser.post("/commerce7/", data={"command": "x"}).status_code == 400
        assert browser.post("/commerce7/").status_code == 400


class TestTheShop:
    @pytest.mark.parametrize("kind", NEW_ORDERS)
    def test_makes_every_kind(self, browser: FlaskClient, fake: FakeService, kind: str) -> None:
        made = make(browser, kind)

        assert made["webhooks"] == [{"action": "Create", "status": 200, "body": {"received": True}}]
        assert [told["payload"] for told in fake.told] == [made["order"]]

    def test_knows_who_lives_in_california(self, browser: FlaskClient) -> None:
        assert make(browser, "california")["order"]["billTo"]["stateCode"] == "CA"
        assert make(browser, "web")["order"]["billTo"]["stateCode"] != "CA"

    def test_never_uses_an_id_or_a_number_twice(self, browser: FlaskClient) -> None:
        orders = [make(browser, "web")["order"] for _ in range(5)]
        numbers = [order["orderNumber"] for order in orders]

        assert len({order["id"] for order in orders}) == 5
        assert numbers == sorted(set(numbers))

    def test_pays_the_last_unpaid_order(self, browser: FlaskClient, fake: FakeService) -> None:
        unpaid = make(browser, "unpaid")["order"]
        make(browser, "web")
        after = make(browser, "pay")

        assert after["order"]["id"] == unpaid["id"]
        assert after["order"]["paymentStatus"] == "Paid"
        assert (fake.told[-1]["action"], fake.told[-1]["payload"]) == ("Update", after["order"])
        make(browser, "pay", status=409)

    def test_refunds_the_last_paid_order_once(
        self, browser: FlaskClient, fake: FakeService
    ) -> None:
        root = make(browser, "web")["order"]
        child = make(browser, "refund")

        assert child["order"]["previousOrderId"] == root["id"]
        assert [delivery["action"] for delivery in child["webhooks"]] == ["Create", "Update"]
        assert fake.told[-1]["payload"]["linkedOrders"][0]["orderId"] == child["order"]["id"]
        make(browser, "unpaid")
        make(browser, "refund", status=409)

    def test_sends_the_last_webhook_again_to_the_letter(
        self, browser: FlaskClient, fake: FakeService
    ) -> None:
        make(browser, "repeat", status=409)
        order = make(browser, "pos")["order"]
        again = make(browser, "repeat")

        assert again["order"] == order
        assert fake.told[0] == fake.told[1]

    @pytest.mark.parametrize("body", [{"kind": "x"}, {}, [], None])
    def test_says_what_it_can_make(self, browser: FlaskClient, body: object) -> None:
        answer = browser.post("/commerce7/orders", json=body)

        assert answer.status_code == 400
        assert "web, pos, pos-anonymous" in answer.get_json()["message"]


class TestCommerce7Api:
    def test_returns_an_order_as_it_is_now(self, browser: FlaskClient) -> None:
        order = make(browser, "unpaid")["order"]
        after = make(browser, "pay")["order"]

        answer = self.get(browser, f"order/{order['id']}")

        assert (answer.status_code, answer.get_json()) == (200, after)

    def test_returns_a_customer(self, browser: FlaskClient) -> None:
        order = make(browser, "pos")["order"]

        answer = self.get(browser, f"customer/{order['customerId']}")

        assert answer.get_json()["emails"] == order["customer"]["emails"]

    @pytest.mark.parametrize("path", ["order/x", "customer/x", "club/x"])
    def test_has_nothing_else(self, browser: FlaskClient, path: str) -> None:
        answer = self.get(browser, path)

        assert answer.status_code == 404
        assert answer.get_json().keys() == {"statusCode", "type", "message", "errors"}

    @pytest.mark.parametrize("path", ["order/x", "customer/x", "club/x"])
    @pytest.mark.parametrize(
        "parts",
        [
            {"auth": None},
            {"auth": ("sandbox-app", "wrong")},
            {"auth": ("wrong", "sandbox-secret")},
            {"headers": {}},
            {"headers": {"tenant": "other-winery"}},
        ],
    )
    def test_asks_who_is_calling(self, browser: FlaskClient, path: str, parts: Json) -> None:
        answer = self.get(browser, path, **parts)

        assert answer.status_code == 401
        assert answer.get_json()["statusCode"] == 401
        assert answer.get_json()["type"] == "unauthorized"

    @staticmethod
    def get(browser: FlaskClient, path: str, **parts: Any) -> Any:
        given = {"auth": ("sandbox-app", "sandbox-secret"), "headers": {"tenant": "sandbox-winery"}}
        return browser.get(f"/commerce7/v1/{path}", **(given | parts))

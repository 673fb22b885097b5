"""The sandbox's orders have the shape of Commerce7's and the traits of their kind."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.orders import OrderKind, a_refund, an_order, linked, paid, webhook
from tests.sandbox.people import BUYERS, CALIFORNIAN, EVERYBODY, GIFT_RECIPIENT, TASTING_ROOM
from tests.sandbox.samples import same_shape, sample

NOW = datetime(2026, 8, 5, 12, 0, 0, 7_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ORDER_KEYS = 64

Json = dict[str, Any]


def order(kind: OrderKind, **parts: Any) -> Json:
    given: Json = {"order_id": str(uuid4()), "number": 2101, "now": NOW, "person": BUYERS[0]}
    return an_order(kind, **(given | parts))


class TestEveryOrder:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            (OrderKind.WEB, "01_order_create_web.json"),
            (OrderKind.INBOUND, "02_order_create_inbound_staff.json"),
            (OrderKind.POS_ANONYMOUS, "03_order_create_pos_anonymous.json"),
            (OrderKind.CLUB, "04_order_create_club_shipment.json"),
        ],
    )
    def test_has_the_shape_of_a_real_one(self, kind: OrderKind, name: str) -> None:
        same_shape(webhook(order(kind), "Create", "sandbox-winery"), sample(name))

    @pytest.mark.parametrize("kind", OrderKind)
    def test_has_every_key_and_sums_up(self, kind: OrderKind) -> None:
        made = order(kind)

        assert len(made) == ORDER_KEYS
        assert made["total"] == made["subTotal"] + made["shipTotal"] + made["taxTotal"]
        assert made["totalAfterTip"] == made["total"] + made["tipTotal"]
        assert made["subTotal"] == sum(line["price"] * line["quantity"] for line in made["items"])

    @pytest.mark.parametrize("kind", OrderKind)
    def test_is_the_same_when_made_again(self, kind: OrderKind) -> None:
        order_id = str(uuid4())

        assert order(kind, order_id=order_id) == order(kind, order_id=order_id)

    def test_tells_the_time_as_commerce7_does(self) -> None:
        assert order(OrderKind.WEB)["orderPaidDate"] == "2026-08-05T12:00:00.007Z"


class TestKindsOfOrders:
    def test_only_a_web_order_carries_the_buyer_s_browser(self) -> None:
        web = order(OrderKind.WEB)["connectionInformation"]

        assert web["customerIpAddress"] == f"::ffff:{BUYERS[0].ip}"
        assert order(OrderKind.CLUB)["connectionInformation"] is None
        for kind in (OrderKind.INBOUND, OrderKind.POS):
            assert BUYERS[0].ip not in order(kind)["connectionInformation"]["customerIpAddress"]

    def test_an_anonymous_order_names_no_buyer(self) -> None:
        made = json.dumps(order(OrderKind.POS_ANONYMOUS))

        assert not [word for word in (BUYERS[0].email, BUYERS[0].phone) if word in made]

    def test_an_order_at_the_till_knows_its_buyer_but_no_address(self) -> None:
        made = order(OrderKind.POS)

        assert made["customer"]["emails"][0]["email"] == BUYERS[0].email
        assert made["billTo"] is None
        assert made["carryOut"]["firstName"] is None

    def test_an_order_at_the_till_may_know_a_name_and_no_way_to_reach_it(self) -> None:
        made = order(OrderKind.POS_NO_EMAIL)

        assert made["channel"] == "POS"
        assert made["customerId"] == made["customer"]["id"] == BUYERS[0].customer_id
        assert made["customer"]["firstName"] == BUYERS[0].first_name
        assert (made["customer"]["emails"], made["customer"]["phones"]) == ([], [])
        assert made["billTo"] is None
        assert not [word for word in (BUYERS[0].email, BUYERS[0].phone) if word in json.dumps(made)]

    def test_an_order_of_the_winery_itself_is_like_any_other_of_the_till(self) -> None:
        own = order(OrderKind.OWN, person=TASTING_ROOM)
        pos = order(OrderKind.POS, person=TASTING_ROOM, order_id=own["id"])

        assert own == pos
        assert own["customer"]["emails"][0]["email"] == "tastingroom@shop.example.com"
        assert (own["customer"]["firstName"], own["customer"]["lastName"]) == ("Tasting", "Room")

    def test_a_gift_goes_to_another_person_in_another_state(self) -> None:
        made = order(OrderKind.GIFT)

        assert made["billTo"]["firstName"] == made["customer"]["firstName"] == BUYERS[0].first_name
        assert made["shipTo"]["firstName"] == GIFT_RECIPIENT.first_name
        assert made["shipTo"]["stateCode"] != made["billTo"]["stateCode"]

    def test_only_the_californian_lives_in_california(self) -> None:
        assert CALIFORNIAN.state == "CA"
        others = {*EVERYBODY} - {CALIFORNIAN, TASTING_ROOM}
        assert {person.state for person in others}.isdisjoint({"CA"})

    def test_an_unpaid_order_is_paid_later(self) -> None:
        unpaid = order(OrderKind.UNPAID)
        after = paid(unpaid, now=LATER)

        assert (unpaid["paymentStatus"], unpaid["orderPaidDate"], unpaid["tenders"]) == (
            None,
            None,
            [],
        )
        assert (after["paymentStatus"], after["orderPaidDate"]) == (
            "Paid",
            "2026-08-05T13:00:00.007Z",
        )
        assert after["orderSubmittedDate"] == unpaid["orderSubmittedDate"]
        assert after["tenders"][0]["amountTendered"] == after["total"]

    def test_staff_are_named_by_the_webhooks_of_their_orders_only(self) -> None:
        assert webhook(order(OrderKind.POS), "Create", "t")["user"] == "staff@example.com"
        assert webhook(order(OrderKind.WEB), "Create", "t")["user"] is None


class TestARefund:
    def test_is_an_order_of_its_own_that_takes_the_goods_back(self) -> None:
        root = order(OrderKind.WEB)
        child = a_refund(root, order_id=str(uuid4()), number=2119, now=LATER)

        same_shape(webhook(child, "Create", "t"), sample("06_order_create_refund_child.json"))
        assert child["purchaseType"] == "Refund"
        assert child["previousOrderId"] == root["id"] != child["id"]
        assert child["paymentStatus"] == "Paid"
        assert child["total"] == -(root["subTotal"] + root["taxTotal"])
        assert child["items"][0]["quantity"] == -root["items"][0]["quantity"]
        assert child["items"][0]["price"] == root["items"][0]["price"]
        assert child["tenders"][0]["originalOrderTenderId"] == root["tenders"][0]["id"]

    def test_leaves_the_money_of_its_root_alone(self) -> None:
        root = order(OrderKind.WEB)
        child = a_refund(root, order_id=str(uuid4()), number=2119, now=LATER)
        after = linked(root, child, now=LATER)

        assert after["linkedOrders"] == [
            {"orderId": child["id"], "orderNumber": 2119, "purchaseType": "Refund"}
        ]
        assert after["total"] == root["total"] > 0
        assert root["linkedOrders"] == []

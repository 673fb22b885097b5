import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commerce7.fields import Fields, cents
from service.commerce7.json_text import NotJsonError
from service.commerce7.payload import CustomerRecord, Payload, read_as
from service.commerce7.webhook import Webhook, parse_signal, parse_webhook
from service.commerce7.wire import (
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
)
from service.domain.shop.order import Channel, Handover, OrderKind, Payment
from service.domain.shop.shop_object import ShopObject
from tests.builders import outcome_of

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ORDER_KEYS = [
    "id", "orderNumber", "purchaseType", "channel", "paymentStatus", "orderPaidDate", "total",
    "orderSubmittedDate", "subTotal", "orderDeliveryMethod", "fraud", "externalOrderVendor",
    "customerId", "customer", "billTo", "shipTo", "connectionInformation", "items",
]  # fmt: skip
PERSON_KEYS = [
    "firstName", "lastName", "phone", "city", "stateCode", "zipCode", "countryCode",
    "customerIpAddress", "userAgent", "emails", "phones",
]  # fmt: skip


def envelope(**changes: Any) -> bytes:
    whole = {"object": "Order", "action": "Create", "tenantId": "winery", "payload": {"id": "1"}}
    return json.dumps(whole | changes).encode()


def parsed(body: bytes) -> Webhook:
    webhook = parse_webhook(body)
    assert webhook is not None
    return webhook


class TestParseWebhook:
    def test_reads_the_envelope_and_ignores_what_it_does_not_know(self) -> None:
        webhook = parsed(envelope(webHookId="x", user="staff@example.com", brandNew=[1]))

        assert (webhook.tenant_id, webhook.object, webhook.action) == ("winery", "order", "create")
        assert webhook.payload.id == "1"

    @pytest.mark.parametrize("spelled", ["Club Membership", "ClubMembership", "club-membership"])
    def test_reads_names_with_or_without_spaces(self, spelled: str) -> None:
        assert parsed(envelope(object=spelled)).object == "clubmembership"

    @pytest.mark.parametrize("name", [None, 7, [], {}, "", "  "])
    def test_survives_names_that_are_none(self, name: object) -> None:
        assert parsed(envelope(object=name, action=name)).object == ""

    @pytest.mark.parametrize(
        "tenant_id", [None, "", "UPPER", "../etc", "a" * 64, "-dash", "a/b", "a\n", 7, ["a"]]
    )
    def test_takes_no_tenant_that_cannot_be_one(self, tenant_id: object) -> None:
        webhook = parse_webhook(envelope(tenantId=tenant_id))
        assert webhook is None or webhook.tenant_id in {"7", "a"}

    @pytest.mark.parametrize(
        "body",
        [b"", b"hello", b"{", b"\xff\xfe", b'{"a": NaN}', b'{"tenantId":"\xff"}', b"[" * 100_000],
    )
    def test_refuses_what_is_not_json(self, body: bytes) -> None:
        with pytest.raises(NotJsonError):
            parse_webhook(body)

    @pytest.mark.parametrize("body", [b"null", b"1", b'"x"', b"[]", b"{}", b'{"payload":1}'])
    def test_ignores_json_without_a_tenant(self, body: bytes) -> None:
        assert parse_webhook(body) is None

    @given(st.binary(max_size=200))
    def test_reads_or_refuses_any_bytes(self, body: bytes) -> None:
        with suppress(NotJsonError):
            parse_webhook(body)


class TestParseOrder:
    def test_reads_every_word_of_ours_from_theirs(self) -> None:
        order = parse_order(
            read_as(
                Payload,
                {
                    "id": "abc-1",
                    "orderNumber": 2101,
                    "purchaseType": "Corporate Order",
                    "channel": "POS",
                    "paymentStatus": "Authorized",
                    "orderPaidDate": "2026-08-03T18:04:11.608Z",
                    "orderSubmittedDate": "2026-08-03T19:04:11+02:00",
                    "total": 5400,
                    "subTotal": 5000,
                    "orderDeliveryMethod": "Carry Out",
                    "fraud": {"isFraudulent": True},
                    "externalOrderVendor": "Old Shop",
                    "items": [{"sku": "A", "quantity": 2, "price": 2500}],
                },
            )
        )
        assert (order.id, order.number) == ("abc-1", "2101")
        assert (order.kind, order.channel, order.payment, order.handover) == (
            OrderKind.SALE, Channel.POS, Payment.AUTHORIZED, Handover.COLLECTED,
        )  # fmt: skip
        assert order.paid_at == datetime(2026, 8, 3, 18, 4, 11, 608000, tzinfo=UTC)
        assert order.submitted_at == datetime(2026, 8, 3, 17, 4, 11, tzinfo=UTC)
        assert (order.total, order.subtotal) == (5400, 5000)
        assert (order.is_fraudulent, order.is_imported) == (True, True)
        assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [
            ("A", 2, 2500)
        ]

    @pytest.mark.parametrize("order_id", [None, "", " ", "a b", "a/b", "x" * 65, {}, True])
    def test_takes_no_order_without_a_usable_id(self, order_id: object) -> None:
        assert parse_signal(parsed(envelope(payload={"id": order_id}))) is None

    def test_reads_an_order_that_is_all_nulls(self) -> None:
        order = parse_order(read_as(Payload, dict.fromkeys(ORDER_KEYS) | {"id": "1"}))
        assert order.payment is Payment.OPEN
        assert order.lines == ()

    @given(st.dictionaries(st.sampled_from(ORDER_KEYS), ANY_JSON))
    def test_maps_any_json_without_an_exception(self, payload: dict[str, object]) -> None:
        outcome_of(parse_order(read_as(Payload, payload)))

    @given(
        st.fixed_dictionaries(
            {"total": st.integers(1, 10**6), "orderPaidDate": st.just("2026-08-04T00:00:00Z")},
            optional={
                part: st.dictionaries(
                    st.sampled_from(PERSON_KEYS),
                    ANY_JSON,
                )
                for part in ("customer", "billTo", "shipTo", "connectionInformation")
            },
        )
    )
    def test_maps_paid_orders_of_anybody(self, payload: dict[str, object]) -> None:
        paid = {"id": "1", "purchaseType": "Regular", "channel": "Web", "paymentStatus": "Paid"}
        outcome_of(parse_order(read_as(Payload, {**payload, **paid})))


class TestIds:
    UPPER, LOWER = "CF654F81-8BF5-4B0B-8F6C-3F2D8A1F9D11", "cf654f81-8bf5-4b0b-8f6c-3f2d8a1f9d11"

    @pytest.mark.parametrize("parse", [parse_order, parse_membership, parse_reservation])
    def test_are_the_same_in_every_case(self, parse: Callable[[Payload], ShopObject]) -> None:
        fact = parse(read_as(Payload, {"id": self.UPPER, "customerId": self.UPPER}))
        assert (fact.id, fact.person.customer.id) == (self.LOWER, self.LOWER)

    def test_of_a_customer_and_an_address_are_too(self) -> None:
        customer = parse_customer(read_as(CustomerRecord, {"id": self.UPPER}))
        assert (customer.id, customer.person.customer.id) == (self.LOWER, self.LOWER)
        inside = parse_order(read_as(Payload, {"id": "1", "customer": {"id": self.UPPER}}))
        assert inside.person.customer.id == self.LOWER
        membership = parse_membership(
            read_as(Payload, {"id": "1", "billToCustomerAddressId": self.UPPER})
        )
        assert membership.bill_to_id == self.LOWER

    def test_of_products_stay_as_the_catalogue_has_them(self) -> None:
        item = {"sku": "SKU-A", "productId": "P-A", "productVariantId": "V-A", "quantity": 1}
        (line,) = parse_order(read_as(Payload, {"id": "1", "items": [item]})).lines
        assert (line.sku, line.product_id, line.variant_id) == ("SKU-A", "P-A", "V-A")


class TestFields:
    @pytest.mark.parametrize(
        ("raw", "number"),
        [
            (5, 5),
            (5.4, 5.4),
            (-3, -3),
            ("5", 5),
            ("-5", -5),
            (" 5.50 ", 5.5),
            ("5,0", None),
            ("1e3", None),
            ("9" * 13, None),
            (float("nan"), None),
            ("\u0665", None),
            (True, None),
            (None, None),
            (10**30, None),
            (1e300, None),
        ],
    )
    def test_number(self, raw: object, number: float | None) -> None:
        assert Fields({"n": raw}).number("n") == number

    @pytest.mark.parametrize(
        ("raw", "amount"),
        [(4900, 4900), (4900.5, 4901), ("4900.4", 4900), (-4900.5, -4900), ("", None)],
    )
    def test_cents_are_rounded(self, raw: object, amount: int | None) -> None:
        assert cents(raw) == amount

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            (" a ", "a"),
            ("", None),
            (7, "7"),
            (True, None),
            (1.5, "1.5"),
            (2101.0, "2101"),
            (float("inf"), None),
            ("x" * 2000, "x" * 1000),
            ("Cas\ud83d", "Cas?"),
            ("1\x002\r\n\x1b", "1 2"),
        ],
    )
    def test_text(self, raw: object, text: str | None) -> None:
        assert Fields({"t": raw}).text("t") == text

    @pytest.mark.parametrize(
        "raw",
        [
            "yesterday",
            "2026-13-01",
            1785866651,
            "",
            None,
            "0001-01-01T00:00:00+14:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "1900-01-01",
        ],
    )
    def test_instant_is_none_for_odd_dates(self, raw: object) -> None:
        assert Fields({"at": raw}).instant("at") is None

    def test_children_are_bounded(self) -> None:
        assert len(Fields({"items": [{}] * 6000}).children("items")) == 5000

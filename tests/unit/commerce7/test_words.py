"""Commerce7's keywords, and the fields that we read, one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.commerce7.fields import Fields
from service.commerce7.payload import Payload, read_as
from service.commerce7.wire import parse_order
from service.domain.shop.order import Handover, Order, OrderKind, Payment
from service.domain.shop.person import Address

SPELLED = {
    "firstName": "Casey",
    "lastName": "Sample",
    "phone": "+17079631234",
    "city": "Exampleville",
    "stateCode": "OH",
    "zipCode": "44101",
    "countryCode": "US",
}
READ = Address(
    first_name="Casey",
    last_name="Sample",
    phone="+17079631234",
    city="Exampleville",
    state="OH",
    postcode="44101",
    country="US",
)


def order(**payload: Any) -> Order:
    return parse_order(read_as(Payload, {"id": "1", **payload}))


class TestWords:
    @pytest.mark.parametrize(
        ("word", "kind"),
        [
            ("Regular", OrderKind.SALE),
            ("Corporate Order", OrderKind.SALE),
            ("Refund", OrderKind.REFUND),
            ("Exchange", OrderKind.EXCHANGE),
            ("Pickup to Ship", OrderKind.PICKUP_TO_SHIP),
            ("Brand New", OrderKind.OTHER),
            (None, OrderKind.SALE),
        ],
    )
    def test_of_kinds(self, word: str | None, kind: OrderKind) -> None:
        assert order(purchaseType=word).kind is kind

    @pytest.mark.parametrize(
        ("word", "payment"),
        [
            ("Paid", Payment.PAID),
            ("Authorized", Payment.AUTHORIZED),
            ("Cancelled", Payment.CANCELLED),
            ("Brand New", Payment.OPEN),
        ],
    )
    def test_of_payments(self, word: str, payment: Payment) -> None:
        assert order(paymentStatus=word).payment is payment

    @pytest.mark.parametrize(
        ("word", "handover"),
        [
            ("Ship", Handover.SHIPPED),
            ("Pickup", Handover.COLLECTED),
            ("Carry Out", Handover.COLLECTED),
            ("Brand New", None),
        ],
    )
    def test_of_handovers(self, word: str, handover: Handover | None) -> None:
        assert order(orderDeliveryMethod=word).handover is handover


class TestPeople:
    def test_are_read_whole_from_all_three_places(self) -> None:
        read = order(customer=SPELLED, billTo=SPELLED, shipTo=SPELLED).person
        assert (read.customer.address, read.bill_to, read.elsewhere) == (READ, READ, (READ,))

    def test_have_every_address_and_number_of_their_record(self) -> None:
        emails = [{"email": "a@winery.com"}, {"email": None}, {"email": "b@winery.com"}]
        read = order(customer={"emails": emails, "phones": [{"phone": "1"}, {"phone": "2"}]}).person
        assert read.customer.emails == ("a@winery.com", "b@winery.com")
        assert read.customer.phones == ("1", "2")

    def test_have_the_id_that_the_order_names_else_their_records(self) -> None:
        assert (
            order(customerId="order's", customer={"id": "record's"}).person.customer.id == "order's"
        )
        assert order(customer={"id": "record's"}).person.customer.id == "record's"


class TestLines:
    def test_have_three_ids_and_the_price_of_one(self) -> None:
        item = {"sku": "s", "productId": "p", "productVariantId": "v", "quantity": 3, "price": 500}
        (line,) = order(items=[item]).lines
        assert (line.sku, line.product_id, line.variant_id) == ("s", "p", "v")
        assert (line.quantity, line.unit_price) == (3, 500)


class TestFields:
    @pytest.mark.parametrize("raw", [1, "yes", None, {}])
    def test_a_flag_is_true_or_false_alone(self, raw: object) -> None:
        assert Fields({"f": True}).flag("f") is True
        assert Fields({"f": " TRUE "}).flag("f") is True
        assert Fields({"f": "False"}).flag("f") is False
        assert Fields({"f": raw}).flag("f") is None

    def test_a_text_is_no_endless_number(self) -> None:
        assert Fields({"t": 10**13}).text("t") is None

    @pytest.mark.parametrize("raw", ["2026-08-03T18:04:11", " 2026-08-03T18:04:11Z "])
    def test_an_instant_without_a_zone_is_utc(self, raw: str) -> None:
        assert Fields({"at": raw}).instant("at") == datetime(2026, 8, 3, 18, 4, 11, tzinfo=UTC)

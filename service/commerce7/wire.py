"""Commerce7's formats: webhook bytes in, our own words out. Pure.

Reference: Commerce7 developer documentation, "Webhooks" and "Orders". Nothing of a payload
outlives the objects made here, and what the mapping has no use for (payment tenders, birth
dates, notes, the acting colleague) is never read.
"""

import re
from dataclasses import dataclass

from service.commerce7.fields import Fields
from service.commerce7.json_text import decode_json
from service.domain.order import (
    Address,
    Channel,
    Connection,
    Customer,
    Handover,
    Line,
    Order,
    OrderKind,
    Payment,
)
from service.domain.tenant import is_tenant_id

_OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ORDER_ACTIONS = frozenset({"create", "update"})
_NOT_LETTERS = re.compile(r"[^a-z]")

_ORDER_KINDS = {
    "regular": OrderKind.SALE,
    "corporateorder": OrderKind.SALE,
    "refund": OrderKind.REFUND,
    "exchange": OrderKind.EXCHANGE,
    "pickuptoship": OrderKind.PICKUP_TO_SHIP,
}
_PAYMENTS = {
    "paid": Payment.PAID,
    "authorized": Payment.AUTHORIZED,
    "cancelled": Payment.CANCELLED,
}
_CHANNELS = {channel.lower(): channel for channel in Channel}
_HANDOVERS = {
    "ship": Handover.SHIPPED,
    "pickup": Handover.COLLECTED,
    "carryout": Handover.COLLECTED,
}


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """A webhook that was understood as far as its envelope goes.

    `object` and `action` are in lower case without spaces; Commerce7 spells them both ways.
    """

    tenant_id: str
    object: str
    action: str
    payload: Fields


def parse_webhook(body: bytes) -> Webhook | None:
    """Return the webhook in these bytes, `None` if it names no possible tenant.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    envelope = Fields(decode_json(body))
    tenant_id = envelope.text("tenantId") or ""
    if not is_tenant_id(tenant_id):
        return None
    return Webhook(
        tenant_id, _word(envelope, "object"), _word(envelope, "action"), envelope.child("payload")
    )


def parse_signal(webhook: Webhook) -> Order | None:
    """Return what the webhook tells of, `None` if it is nothing that we have a use for."""
    is_told = webhook.object == "order" and webhook.action in _ORDER_ACTIONS
    return parse_order(webhook.payload) if is_told else None


def parse_order(payload: Fields) -> Order | None:
    """Return the order in a webhook's payload, `None` if it has no usable id."""
    order_id = payload.text("id") or ""
    if not _OBJECT_ID.fullmatch(order_id):
        return None
    return Order(
        id=order_id,
        number=payload.text("orderNumber"),
        kind=_ORDER_KINDS.get(_word(payload, "purchaseType"), OrderKind.OTHER),
        channel=_CHANNELS.get(_word(payload, "channel")),
        payment=_PAYMENTS.get(_word(payload, "paymentStatus"), Payment.OPEN),
        paid_at=payload.instant("orderPaidDate"),
        submitted_at=payload.instant("orderSubmittedDate"),
        total=payload.number("total"),
        subtotal=payload.number("subTotal"),
        handover=_HANDOVERS.get(_word(payload, "orderDeliveryMethod")),
        is_fraudulent=payload.child("fraud").flag("isFraudulent"),
        is_imported=payload.text("externalOrderVendor") is not None,
        customer=parse_customer(payload.child("customer"), customer_id=payload.text("customerId")),
        bill_to=_address(payload.child("billTo")),
        ship_to=_address(payload.child("shipTo")),
        connection=_connection(payload.child("connectionInformation")),
        lines=tuple(_line(item) for item in payload.children("items")),
    )


def parse_customer(record: Fields, *, customer_id: str | None = None) -> Customer:
    """Return the customer in this record; an id known from elsewhere goes first."""
    emails = (each.text("email") for each in record.children("emails"))
    phones = (each.text("phone") for each in record.children("phones"))
    return Customer(
        id=customer_id or record.text("id"),
        emails=tuple(email for email in emails if email),
        phones=tuple(phone for phone in phones if phone),
        address=_address(record),
    )


def _word(fields: Fields, name: str) -> str:
    return _NOT_LETTERS.sub("", (fields.text(name) or "").lower())


def _address(fields: Fields) -> Address:
    return Address(
        first_name=fields.text("firstName"),
        last_name=fields.text("lastName"),
        phone=fields.text("phone"),
        city=fields.text("city"),
        state=fields.text("stateCode"),
        postcode=fields.text("zipCode"),
        country=fields.text("countryCode"),
    )


def _connection(fields: Fields) -> Connection:
    return Connection(ip=fields.text("customerIpAddress"), user_agent=fields.text("userAgent"))


def _line(item: Fields) -> Line:
    return Line(
        sku=item.text("sku"),
        product_id=item.text("productId"),
        variant_id=item.text("productVariantId"),
        quantity=item.number("quantity"),
        unit_price=item.number("price"),
    )

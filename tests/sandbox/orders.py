"""Commerce7 orders and their webhooks, from an order's kind and its buyer. Pure.

Every order has the full shape of a real one, with the parts that the service must not read: payment
tenders, birth dates, the staff member who acted.
"""

import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tests.sandbox.customers import embedded_customer
from tests.sandbox.order_parts import (
    STAFF,
    STAFF_EMAIL,
    TILL,
    Json,
    address,
    club,
    connection,
    fixed_id,
    item,
    part_id,
    shipping_line,
    tax_line,
    tender,
    timestamp,
    winery_address,
)
from tests.sandbox.people import GIFT_RECIPIENT, Person
from tests.sandbox.products import CABERNET, FLIGHT, RESERVE, Line
from tests.sandbox.webhooks import Topic, envelope

_TAX_PERCENT = 8
_GROUND = 1000
_IN_THE_CART = timedelta(minutes=10)


class OrderKind(StrEnum):
    """The orders that the sandbox makes."""

    WEB = "web"
    POS = "pos"
    POS_ANONYMOUS = "pos-anonymous"
    INBOUND = "inbound"
    CLUB = "club"
    UNPAID = "unpaid"
    GIFT = "gift"
    CALIFORNIA = "california"
    POS_NO_EMAIL = "pos-no-email"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipe:
    """The traits by which a kind of order differs from the plainest one; money in cents."""

    channel: str = "Web"
    lines: tuple[Line, ...] = (Line(CABERNET, 2),)
    shipping: int = _GROUND
    tip: int = 0
    by_staff: bool = False
    anonymous: bool = False
    with_contact: bool = True
    paid: bool = True
    ship_to: Person | None = None

    @property
    def ships(self) -> bool:
        """Whether any of the goods are shipped; all others are carried out."""
        return any(line.product.ships for line in self.lines)


_AT_THE_TILL = _Recipe(channel="POS", lines=(Line(FLIGHT, 2),), shipping=0, by_staff=True)
_RECIPES = {
    OrderKind.WEB: _Recipe(),
    OrderKind.CALIFORNIA: _Recipe(),
    OrderKind.UNPAID: _Recipe(paid=False),
    OrderKind.GIFT: _Recipe(ship_to=GIFT_RECIPIENT, lines=(Line(CABERNET, 1),)),
    OrderKind.INBOUND: _Recipe(channel="Inbound", shipping=0, by_staff=True),
    OrderKind.CLUB: _Recipe(channel="Club", lines=(Line(RESERVE, 3),), shipping=1500),
    OrderKind.POS: _AT_THE_TILL,
    OrderKind.POS_ANONYMOUS: replace(_AT_THE_TILL, tip=1000, anonymous=True),
    OrderKind.POS_NO_EMAIL: replace(_AT_THE_TILL, with_contact=False),
    OrderKind.OWN: _AT_THE_TILL,
}


def an_order(kind: OrderKind, *, order_id: str, number: int, now: datetime, person: Person) -> Json:
    """Return an order that `person` has just made; an anonymous one does not name the person."""
    return _ordered(_RECIPES[kind], order_id=order_id, number=number, now=now, person=person)


def a_cart_order(
    lines: tuple[Line, ...],
    *,
    cart_id: str,
    number: int,
    now: datetime,
    person: Person,
    user_agent: str,
) -> Json:
    """Return the paid order of a cart in the web shop; the order's id is the cart's."""
    ships = any(line.product.ships for line in lines)
    recipe = _Recipe(lines=lines, shipping=_GROUND if ships else 0)
    order = _ordered(recipe, order_id=cart_id, number=number, now=now, person=person)
    return order | {"connectionInformation": connection("Web", person, user_agent=user_agent)}


def _ordered(recipe: _Recipe, *, order_id: str, number: int, now: datetime, person: Person) -> Json:
    buyer = None if recipe.anonymous else person
    order = {
        "id": order_id,
        "cartId": order_id,
        "orderNumber": number,
        "channel": recipe.channel,
        **_status(recipe),
        **_times(recipe, now),
        **_goods(recipe, order_id, person),
        **_people(recipe, order_id, buyer=buyer, now=now),
        **_untouched(),
    }
    return paid(order, now=now, tip=recipe.tip) if recipe.paid else order


def paid(order: Json, *, now: datetime, tip: int = 0) -> Json:
    """Return the order after its payment; a till hands the goods over at once."""
    at = timestamp(now)
    changed = copy.deepcopy(order) | {
        "paymentStatus": "Paid",
        "orderPaidDate": at,
        "updatedAt": at,
        "tipTotal": tip,
        "totalAfterTip": order["total"] + tip,
        "tenders": [tender(order["id"], order["total"], tip=tip, paid_at=at)],
    }
    if order["channel"] == "POS":
        changed |= {"fulfillmentStatus": "Fulfilled", "orderFulfilledDate": at}
    return changed


def a_refund(root: Json, *, order_id: str, number: int, now: datetime) -> Json:
    """Return the new order that refunds all goods of `root`; its unit prices stay positive."""
    at = timestamp(now)
    sub_total, tax = -root["subTotal"], -root["taxTotal"]
    total = sub_total + tax
    child = copy.deepcopy(root) | {
        "id": order_id,
        "cartId": order_id,
        "orderNumber": number,
        "purchaseType": "Refund",
        "previousOrderId": root["id"],
        "previousOrderNumber": root["orderNumber"],
        "fulfillmentStatus": "No Fulfillment Required",
        **dict.fromkeys(("orderSubmittedDate", "orderPaidDate", "createdAt", "updatedAt"), at),
        "subTotal": sub_total,
        "taxTotal": tax,
        **dict.fromkeys(("shipTotal", "tipTotal"), 0),
        **dict.fromkeys(("total", "totalAfterTip"), total),
        "shipping": [],
        "salesAssociate": STAFF,
        "tenders": [_refund_tender(root, order_id, total=total, at=at)],
    }
    for line in (*child["items"], *child["taxes"]):
        line["id"] = part_id(order_id, line["id"])
    for line in child["items"]:
        line |= {"purchaseType": "Refund", "quantity": -line["quantity"], "tax": -line["tax"]}
    for line in child["taxes"]:
        line |= {"price": -line["price"], "originalPrice": -line["originalPrice"]}
    return child


def linked(root: Json, refund: Json, *, now: datetime) -> Json:
    """Return `root` after its refund; its own amounts never change."""
    link = {
        "orderId": refund["id"],
        "orderNumber": refund["orderNumber"],
        "purchaseType": "Refund",
    }
    return copy.deepcopy(root) | {"linkedOrders": [link], "updatedAt": timestamp(now)}


def webhook(order: Json, action: str, tenant_id: str) -> Json:
    """Return the body that Commerce7 posts."""
    return envelope(Topic.ORDER, order, action, tenant_id=tenant_id, user=colleague(order))


def colleague(order: Json) -> str | None:
    """Return the staff member who made the order, if any."""
    return STAFF_EMAIL if order["salesAssociate"] else None


def _refund_tender(root: Json, order_id: str, *, total: int, at: str) -> Json:
    back = tender(order_id, total, tip=0, paid_at=at)
    original = root["tenders"][0]["id"] if root["tenders"] else None
    return back | {"chargeType": "Refund", "originalOrderTenderId": original}


def _status(recipe: _Recipe) -> Json:
    ships = recipe.ships
    return {
        "purchaseType": "Regular",
        "paymentStatus": None,
        "orderSource": "Internal",
        "complianceStatus": "Not Checked" if ships else "No Compliance Required",
        "fraudCheckStatus": "Not Checked",
        "fulfillmentStatus": "Not Fulfilled",
        "shippingStatus": "Not Tracked",
        "orderDeliveryMethod": "Ship" if ships else "Carry Out",
        "taxSaleType": "Offsite" if ships else "Onsite",
        "posProfileId": TILL["id"] if recipe.channel == "POS" else None,
        "posProfile": TILL if recipe.channel == "POS" else None,
        "salesAssociate": STAFF if recipe.by_staff else None,
        "club": club() if recipe.channel == "Club" else None,
        "giftMessage": "Cheers to you!" if recipe.ship_to else None,
    }


def _times(recipe: _Recipe, now: datetime) -> Json:
    in_cart = timedelta() if recipe.channel == "Club" else _IN_THE_CART
    return {
        "createdAt": timestamp(now - in_cart),
        "orderSubmittedDate": timestamp(now),
        "updatedAt": timestamp(now),
        "orderPaidDate": None,
        "orderFulfilledDate": None,
    }


def _goods(recipe: _Recipe, order_id: str, person: Person) -> Json:
    taxes = [line.price * _TAX_PERCENT // 100 for line in recipe.lines]
    sub_total, tax = sum(line.price for line in recipe.lines), sum(taxes)
    total = sub_total + recipe.shipping + tax
    ships = recipe.ships
    taxed_in = (recipe.ship_to or person).state if ships else "CA"
    return {
        "subTotal": sub_total,
        "shipTotal": recipe.shipping,
        "taxTotal": tax,
        **dict.fromkeys(("dutyTotal", "bottleDepositTotal", "tipTotal"), 0),
        "total": total,
        "totalAfterTip": total,
        "items": [
            item(order_id, line, tax=tax) for line, tax in zip(recipe.lines, taxes, strict=True)
        ],
        "taxes": [tax_line(order_id, tax, taxed_in)],
        "shipping": [shipping_line(order_id, recipe.shipping)] if ships else [],
        "selectedShippingOptions": (
            {"shippingServiceId": fixed_id("ground"), "requestedShipDate": None} if ships else None
        ),
        "carryOut": None if ships else winery_address(order_id),
    }


def _people(recipe: _Recipe, order_id: str, *, buyer: Person | None, now: datetime) -> Json:
    is_at_the_till = recipe.channel == "POS"
    is_member = recipe.channel == "Club"
    record = buyer and embedded_customer(
        buyer, now=now, is_member=is_member, with_contact=recipe.with_contact
    )
    return {
        "customerId": buyer.customer_id if buyer else None,
        "customerType": ("Club Member" if is_member else "Customer") if buyer else None,
        "customer": record,
        "billTo": address(order_id, "bill-to", buyer) if buyer and not is_at_the_till else None,
        "shipTo": (
            address(order_id, "ship-to", recipe.ship_to or buyer)
            if buyer and recipe.ships
            else None
        ),
        "connectionInformation": connection(recipe.channel, buyer),
    }


def _untouched() -> Json:
    """Return the keys that are empty in all of our orders."""
    return {
        **dict.fromkeys(("previousOrderId", "previousOrderNumber", "shippingInstructions"), None),
        **dict.fromkeys(("metaData", "appData", "appSync", "additionalData"), None),
        **dict.fromkeys(("reservation", "pickupBy", "carrierPickupLocation"), None),
        "isNonTaxable": False,
        "isNoDuty": False,
        "loyaltyPointsEarned": 0,
        "fraud": {"isFraudulent": False, "comment": None},
        "linkedOrders": [],
        "flags": [],
        "coupons": [],
        "promotions": [],
        "tenders": [],
        "fulfillments": [],
        "duties": [],
        "tags": [],
    }

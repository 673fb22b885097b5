"""Commerce7's admin, as far as a developer needs it: buttons that make orders."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tests.sandbox.orders import OrderKind
from tests.sandbox.shop import NothingToDoError, Sale
from tests.sandbox.state import sandbox

_ANSWER_LENGTH = 300

NEW_ORDERS = {
    OrderKind.WEB: "Web order",
    OrderKind.POS: "POS order",
    OrderKind.POS_ANONYMOUS: "POS order, no customer",
    OrderKind.INBOUND: "Inbound order, by staff",
    OrderKind.CLUB: "Club shipment",
    OrderKind.UNPAID: "Unpaid web order",
    OrderKind.GIFT: "Gift to another state",
    OrderKind.CALIFORNIA: "California order",
}
FOLLOW_UPS = {
    "pay": "Pay the last unpaid order",
    "refund": "Refund the last paid order",
    "repeat": "Send the last webhook again",
}

blueprint = Blueprint("commerce7_pages", __name__, url_prefix="/commerce7")


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What the service said to one webhook."""

    action: str
    status: str
    text: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of the list of orders."""

    number: int
    id: str
    channel: str
    total: str
    payment: str
    answers: list[AnswerLine]


@blueprint.get("/")
def admin() -> str:
    """Show the buttons and what they have made."""
    return _page()


@blueprint.post("/")
def press() -> Response | tuple[str, int]:
    """Do what a button says, then show the page anew, so that a reload repeats nothing."""
    shop = sandbox().shop
    command = request.form.get("command", "")
    if command not in shop.commands:
        abort(400, "There is no such button.")
    try:
        shop.perform(command)
    except NothingToDoError as nothing:
        return _page(notice=str(nothing)), 409
    return redirect(url_for("commerce7_pages.admin"), 303)


def _page(notice: str = "") -> str:
    systems = sandbox()
    return render_template(
        "commerce7.html",
        config=systems.config,
        notice=notice,
        new_orders=NEW_ORDERS,
        follow_ups=FOLLOW_UPS,
        rows=[_row(sale) for sale in systems.shop.sales()],
    )


def _row(sale: Sale) -> OrderRow:
    order = sale.order
    kind = "" if order["purchaseType"] == "Regular" else f" ({order['purchaseType']})"
    return OrderRow(
        number=order["orderNumber"],
        id=order["id"],
        channel=order["channel"] + kind,
        total=f"{order['total'] / 100:.2f}",
        payment=order["paymentStatus"] or "Unpaid",
        answers=[
            AnswerLine(
                delivery.action,
                str(delivery.status or "no answer"),
                _brief(delivery.answer),
                delivery.succeeded,
            )
            for delivery in sale.deliveries
        ],
    )


def _brief(answer: Any) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return text if len(text) <= _ANSWER_LENGTH else f"{text[:_ANSWER_LENGTH]} …"

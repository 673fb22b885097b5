"""The rows of the admin page's list of objects. Pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.books import Record
from tests.sandbox.delivery import Delivery
from tests.sandbox.order_parts import Json
from tests.sandbox.webhooks import Topic

_ANSWER_LENGTH = 300


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """The service's answer to one webhook."""

    action: str
    status: str
    text: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; fields that a kind of object lacks are empty."""

    topic: str
    id: str
    number: str
    channel: str
    total: str
    state: str
    answers: list[AnswerLine]


def row(record: Record) -> Row:
    """Return the line of a record."""
    shown = {"number": "", "channel": "", "total": ""} | _SHOWN[record.topic](record.object)
    if record.is_deleted:
        shown["state"] = "Deleted"
    return Row(
        topic=record.topic,
        id=record.object["id"],
        answers=[_line(delivery) for delivery in record.deliveries],
        **shown,
    )


def _order(order: Json) -> dict[str, str]:
    kind = "" if order["purchaseType"] == "Regular" else f" ({order['purchaseType']})"
    return {
        "number": str(order["orderNumber"]),
        "channel": order["channel"] + kind,
        "total": f"{order['total'] / 100:.2f}",
        "state": order["paymentStatus"] or "Unpaid",
    }


def _reservation(reservation: Json) -> dict[str, str]:
    return {
        "number": str(reservation["reservationNumber"]),
        "channel": reservation["channel"],
        "state": reservation["status"],
    }


def _membership(membership: Json) -> dict[str, str]:
    return {"state": membership["status"]}


def _customer(customer: Json) -> dict[str, str]:
    return {"state": "With account" if customer["hasAccount"] else "Entered by staff"}


_SHOWN: Mapping[Topic, Callable[[Json], dict[str, str]]] = {
    Topic.ORDER: _order,
    Topic.RESERVATION: _reservation,
    Topic.MEMBERSHIP: _membership,
    Topic.CUSTOMER: _customer,
}


def _line(delivery: Delivery) -> AnswerLine:
    return AnswerLine(
        delivery.action,
        str(delivery.status or "no answer"),
        _brief(delivery.answer),
        delivery.succeeded,
    )


def _brief(answer: Any) -> str:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return text if len(text) <= _ANSWER_LENGTH else f"{text[:_ANSWER_LENGTH]} …"

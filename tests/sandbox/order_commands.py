"""The actions of the orders' buttons."""

from collections.abc import Mapping
from functools import partial

from tests.sandbox.books import Books, Command, News, NothingToDoError
from tests.sandbox.order_parts import Json
from tests.sandbox.orders import (
    OrderKind,
    a_cart_order,
    a_refund,
    an_order,
    colleague,
    linked,
    paid,
)
from tests.sandbox.people import BUYERS, CALIFORNIAN, TASTING_ROOM, Person
from tests.sandbox.products import Line
from tests.sandbox.webhooks import Topic

_ONLY_BUYERS = {OrderKind.CALIFORNIA: CALIFORNIAN, OrderKind.OWN: TASTING_ROOM}


def check_out(lines: tuple[Line, ...], *, cart_id: str, person: Person, user_agent: str) -> Command:
    """Return the action of a person who orders a cart in the web shop, with this browser."""

    def order(books: Books) -> tuple[News, ...]:
        books.meet(person)
        made = a_cart_order(
            lines,
            cart_id=cart_id,
            number=books.next_number(),
            now=books.now(),
            person=person,
            user_agent=user_agent,
        )
        return (_created(books, made),)

    return order


def _sell(kind: OrderKind, books: Books) -> tuple[News, ...]:
    number = books.next_number()
    order = an_order(
        kind,
        order_id=books.new_id(),
        number=number,
        now=books.now(),
        person=_buyer(kind, number),
    )
    return (_created(books, order),)


def _pay(books: Books) -> tuple[News, ...]:
    record = books.latest(Topic.ORDER, lambda order: order["paymentStatus"] is None)
    if not record:
        raise NothingToDoError("There is no unpaid order. Make one first.")
    after = paid(record.object, now=books.now())
    return (News(record, "Update", after, colleague(after)),)


def _refund(books: Books) -> tuple[News, ...]:
    root = books.latest(Topic.ORDER, _is_refundable)
    if not root:
        raise NothingToDoError("There is no paid order left to refund. Make one first.")
    now = books.now()
    child = a_refund(root.object, order_id=books.new_id(), number=books.next_number(), now=now)
    after = linked(root.object, child, now=now)
    return (_created(books, child), News(root, "Update", after, colleague(after)))


def _created(books: Books, order: Json) -> News:
    return News(books.open(Topic.ORDER, order), "Create", order, colleague(order))


def _buyer(kind: OrderKind, number: int) -> Person:
    return _ONLY_BUYERS.get(kind, BUYERS[number % len(BUYERS)])


def _is_refundable(order: Json) -> bool:
    is_sale = order["purchaseType"] == "Regular" and order["paymentStatus"] == "Paid"
    return is_sale and not order["linkedOrders"]


ORDER_COMMANDS: Mapping[str, Command] = {
    **{kind: partial(_sell, kind) for kind in OrderKind},
    "pay": _pay,
    "refund": _refund,
}

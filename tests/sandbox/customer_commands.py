"""The actions of the customers' buttons."""

from collections.abc import Mapping
from uuid import uuid4

from tests.sandbox.books import Books, Command, News
from tests.sandbox.customers import new_customer
from tests.sandbox.order_parts import STAFF_EMAIL
from tests.sandbox.people import newcomer
from tests.sandbox.webhooks import Topic


def _sign_up(books: Books) -> tuple[News, ...]:
    return (_entered(books, user=None),)


def _sign_up_by_staff(books: Books) -> tuple[News, ...]:
    return (_entered(books, user=STAFF_EMAIL),)


def _entered(books: Books, *, user: str | None) -> News:
    person = newcomer(uuid4().hex[:8])
    books.meet(person)
    record = new_customer(person, now=books.now(), by_staff=user is not None)
    return News(books.open(Topic.CUSTOMER, record), "Create", record, user)


CUSTOMER_COMMANDS: Mapping[str, Command] = {
    "signup": _sign_up,
    "signup-by-staff": _sign_up_by_staff,
}

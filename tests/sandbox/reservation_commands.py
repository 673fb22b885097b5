"""The actions of the reservations' buttons."""

from collections.abc import Mapping
from datetime import timedelta

from tests.sandbox.books import Books, Command, News
from tests.sandbox.order_parts import STAFF_EMAIL, Json
from tests.sandbox.people import BUYERS
from tests.sandbox.reservations import (
    AT_THE_CHECKOUT,
    ReservationChannel,
    a_reservation,
    paid_for,
)
from tests.sandbox.webhooks import Topic


def _book(books: Books) -> tuple[News, ...]:
    held = _reserved(books, ReservationChannel.WEB, ago=AT_THE_CHECKOUT)
    record = books.open(Topic.RESERVATION, held)
    paid = paid_for(held, now=books.now())
    return (News(record, "Create", held), News(record, "Update", paid))


def _book_by_phone(books: Books) -> tuple[News, ...]:
    made = _reserved(books, ReservationChannel.INBOUND)
    return (News(books.open(Topic.RESERVATION, made), "Create", made, STAFF_EMAIL),)


def _reserved(books: Books, channel: ReservationChannel, *, ago: timedelta = timedelta()) -> Json:
    number = books.next_number()
    return a_reservation(
        BUYERS[number % len(BUYERS)],
        channel,
        reservation_id=books.new_id(),
        number=number,
        now=books.now() - ago,
    )


RESERVATION_COMMANDS: Mapping[str, Command] = {"book": _book, "book-by-phone": _book_by_phone}

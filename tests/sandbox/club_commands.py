"""The actions of the wine club's buttons."""

from collections.abc import Mapping

from tests.sandbox.books import Books, Command, News, NothingToDoError
from tests.sandbox.memberships import a_membership, cancelled
from tests.sandbox.order_parts import STAFF_EMAIL
from tests.sandbox.people import BUYERS, Person
from tests.sandbox.webhooks import Topic


def _join(books: Books) -> tuple[News, ...]:
    return (_joined(books, BUYERS[books.next_number() % len(BUYERS)]),)


def _join_again(books: Books) -> tuple[News, ...]:
    left = books.latest(Topic.MEMBERSHIP, lambda each: each["status"] == "Cancelled")
    person = books.person(left.object["customerId"]) if left else None
    if not person:
        raise NothingToDoError("There is no cancelled membership. Cancel one first.")
    return (_joined(books, person),)


def _leave(books: Books) -> tuple[News, ...]:
    record = books.latest(Topic.MEMBERSHIP, lambda each: each["status"] == "Active")
    if not record:
        raise NothingToDoError("There is no active membership. Make one first.")
    return (News(record, "Update", cancelled(record.object, now=books.now()), STAFF_EMAIL),)


def _delete(books: Books) -> tuple[News, ...]:
    record = books.latest(Topic.MEMBERSHIP, lambda _: True)
    if not record:
        raise NothingToDoError("There is no membership. Make one first.")
    return (News(record, "Delete", record.object, STAFF_EMAIL),)


def _joined(books: Books, person: Person) -> News:
    membership = a_membership(person, membership_id=books.new_id(), now=books.now())
    return News(books.open(Topic.MEMBERSHIP, membership), "Create", membership)


CLUB_COMMANDS: Mapping[str, Command] = {
    "join": _join,
    "join-again": _join_again,
    "leave": _leave,
    "delete-membership": _delete,
}

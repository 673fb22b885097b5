"""Objects of a winery's shop, their changes over time, and the events that these must make.

The rules for events are repeated here on purpose, in short form: the laws compare the service with
these rules, not with its own table. All personal data contain MARK.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from service.domain.events.event import EventName
from service.domain.shop.signal import ObjectKind

MARK = "zqx"
"""A part of every name, address, customer's id and token, and of nothing else."""

Payload = Mapping[str, Any]


class Sort(StrEnum):
    """The kinds of objects, by Commerce7's names."""

    ORDER = "Order"
    MEMBERSHIP = "Club Membership"
    RESERVATION = "Reservation"
    CUSTOMER = "Customer"


KINDS = {
    Sort.ORDER: ObjectKind.ORDER,
    Sort.MEMBERSHIP: ObjectKind.MEMBERSHIP,
    Sort.RESERVATION: ObjectKind.RESERVATION,
    Sort.CUSTOMER: ObjectKind.CUSTOMER,
}
STEMS = {
    EventName.PURCHASE: "order",
    EventName.SUBSCRIBE: "membership",
    EventName.CANCEL_MEMBERSHIP: "cancel",
    EventName.LEAD: "reservation",
    EventName.COMPLETE_REGISTRATION: "customer",
}


@dataclass(frozen=True)
class Chapter:
    """One change of an object, with its new content; `None` if it is deleted."""

    at: datetime
    action: str
    payload: Payload
    makes: EventName | None
    is_gone: bool = False


@dataclass
class Thing:
    """One object. It `is_steady` if no change that makes an event is ever undone."""

    tenant_id: str
    sort: Sort
    id: str
    customer: Payload
    story: list[Chapter] = field(default_factory=list)
    is_steady: bool = True

    def add(
        self, at: datetime, action: str, payload: Payload, makes: EventName | None = None
    ) -> None:
        """Add the object's next change."""
        self.story.append(Chapter(at, action, payload, makes, is_gone=action == "Delete"))

    def seen(self, now: datetime) -> Payload | None:
        """Return the object as it is now; `None` if it does not exist."""
        told = [chapter for chapter in self.story if chapter.at <= now]
        return told[-1].payload if told and not told[-1].is_gone else None


def event_id(name: EventName, object_id: str) -> str:
    """Return the only valid id of this object's event."""
    return f"c7-{STEMS[name]}-{object_id}"


def a_customer(tenant_id: str, number: int) -> Payload:
    """Return the shop's full record of one person."""
    return {
        "id": f"{MARK}-{tenant_id}-{number}",
        "firstName": f"{MARK}anna",
        "lastName": f"{MARK}son",
        "city": "Exampleville",
        "stateCode": "OH",
        "zipCode": "44101",
        "countryCode": "US",
        "emails": [{"email": f"{MARK}{number}@example.com"}],
        "phones": [{"phone": f"+1707963{number % 10000:04d}"}],
    }


def an_order(thing: Thing, at: datetime, rng: Random) -> None:
    """Add an order's changes: paid at once, later or never, and sometimes updated or undone."""
    payload = {
        "id": thing.id,
        "orderNumber": thing.id.rsplit("-", 1)[1],
        "purchaseType": "Regular",
        "channel": rng.choice(("Web", "POS", "Inbound", "Club")),
        "orderSubmittedDate": _text(at),
        "total": rng.randint(1000, 90000),
        "subTotal": 900,
        "items": [{"sku": "CAB", "quantity": 2, "price": 4900}],
        **_buyer(thing.customer, rng, is_known=rng.random() < 0.8),
    }
    makes = EventName.PURCHASE
    if rng.random() < 0.25:
        thing.add(at, "Create", {**payload, "paymentStatus": "Unpaid"})
        if rng.random() < 0.25:
            return
        at += timedelta(seconds=rng.choice((0.5, 20, 3600, 86400)) * rng.random())
        paid = {**payload, "paymentStatus": "Paid", "orderPaidDate": _text(at)}
        thing.add(at, "Update", paid, makes)
    else:
        paid = {**payload, "paymentStatus": "Paid", "orderPaidDate": _text(at)}
        thing.add(at, "Create", paid, makes)
    while rng.random() < 0.3:
        at += timedelta(seconds=rng.choice((0.5, 20, 3600)) * rng.random())
        thing.add(at, "Update", paid, makes)
    if rng.random() < 0.05:
        thing.is_steady = False
        thing.add(at + timedelta(minutes=5), "Update", {**paid, "paymentStatus": "Cancelled"})


def a_membership(thing: Thing, at: datetime, rng: Random) -> None:
    """Add a membership's changes; its content names the member by id only."""
    payload = {
        "id": thing.id,
        "status": "Active",
        "signupDate": _text(at),
        **_buyer(thing.customer, rng, is_known=False),
    }
    thing.add(at, "Create", payload, EventName.SUBSCRIBE)
    if rng.random() < 0.4:
        thing.is_steady = False
        at += timedelta(seconds=rng.choice((1, 3600, 86400)) * rng.random())
        makes = EventName.CANCEL_MEMBERSHIP
        if rng.random() < 0.5:
            ended = {**payload, "status": "Cancelled", "cancelDate": _text(at)}
            thing.add(at, "Update", ended, makes)
        else:
            thing.add(at, "Delete", payload, makes)


def a_reservation(thing: Thing, at: datetime, rng: Random) -> None:
    """Add a reservation's changes: some are on hold first, some are paid in advance."""
    payload = {
        "id": thing.id,
        "reservationNumber": thing.id.rsplit("-", 1)[1],
        "channel": "Web",
        "status": "Reserved",
        **_buyer(thing.customer, rng, is_known=True),
    }
    makes = EventName.LEAD
    if rng.random() < 0.3:
        thing.add(at, "Create", {**payload, "status": "Hold"})
        at += timedelta(seconds=600 * rng.random())
        thing.add(at, "Update", payload, makes)
    else:
        thing.add(at, "Create", payload, makes)
    if rng.random() < 0.3:
        at += timedelta(seconds=60 * rng.random())
        paid = {**payload, "status": "Paid", "reservationPaidDate": _text(at)}
        thing.add(at, "Update", paid, makes)


def a_sign_up(thing: Thing, at: datetime, _rng: Random) -> None:
    """Add the creation of a customer's account."""
    thing.id = str(thing.customer["id"])
    payload = {**thing.customer, "createdAt": _text(at)}
    thing.add(at, "Create", payload, EventName.COMPLETE_REGISTRATION)


TELLERS: Mapping[Sort, Callable[[Thing, datetime, Random], None]] = {
    Sort.ORDER: an_order,
    Sort.MEMBERSHIP: a_membership,
    Sort.RESERVATION: a_reservation,
    Sort.CUSTOMER: a_sign_up,
}


def a_thing(tenant_id: str, number: int, at: datetime, rng: Random) -> Thing:
    """Return a random object with all of its changes; half of them are orders."""
    sort = rng.choice((Sort.ORDER, Sort.ORDER, Sort.ORDER, *Sort))
    thing = Thing(tenant_id, sort, f"{tenant_id}-{number}", a_customer(tenant_id, number))
    TELLERS[sort](thing, at, rng)
    return thing


def _buyer(customer: Payload, rng: Random, *, is_known: bool) -> dict[str, Any]:
    bare = {"id": customer["id"], "firstName": customer["firstName"]}
    who = customer if is_known else bare
    ip = f"8.8.{rng.randrange(256)}.25"
    return {
        "customerId": customer["id"],
        "customer": who,
        "connectionInformation": {"customerIpAddress": ip, "userAgent": f"Mozilla/5.0 ({MARK})"},
    }


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")

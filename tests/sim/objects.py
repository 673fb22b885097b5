"""Objects of a winery's shop, their changes over time, and the events expected from them.

The rules for events are repeated here on purpose, in short form: the invariants compare the
service with these rules, not with its own table, which gives only the form of ids. All personal
data contain CANARY.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from service.domain.events.event import EventName
from service.domain.mapping.table import rule_of
from service.domain.shop.signal import ObjectKind

CANARY = "zqx"
"""A part of every name, address, customer's id and token, and of nothing else."""

Payload = Mapping[str, Any]


class ObjectType(StrEnum):
    """The kinds of objects, by Commerce7's names."""

    ORDER = "Order"
    MEMBERSHIP = "Club Membership"
    RESERVATION = "Reservation"
    CUSTOMER = "Customer"


KINDS = {
    ObjectType.ORDER: ObjectKind.ORDER,
    ObjectType.MEMBERSHIP: ObjectKind.MEMBERSHIP,
    ObjectType.RESERVATION: ObjectKind.RESERVATION,
    ObjectType.CUSTOMER: ObjectKind.CUSTOMER,
}


@dataclass(frozen=True)
class ObjectChange:
    """One change of an object, with its new content and the event that it makes.

    Unless it `is_conclusive`, it makes the event only together with an earlier change.
    """

    at: datetime
    action: str
    payload: Payload
    expected_event: EventName | None
    is_deleted: bool = False
    is_conclusive: bool = True


@dataclass
class ShopObject:
    """One object. It `is_reverted` if a change that makes an event is undone later."""

    tenant_id: str
    type: ObjectType
    id: str
    customer: Payload
    changes: list[ObjectChange] = field(default_factory=list)
    is_reverted: bool = False

    def add(
        self,
        at: datetime,
        action: str,
        payload: Payload,
        expected_event: EventName | None = None,
        *,
        is_conclusive: bool = True,
    ) -> None:
        """Add the object's next change."""
        dated = {**payload, "updatedAt": _iso(at)}
        self.changes.append(
            ObjectChange(
                at,
                action,
                dated,
                expected_event,
                is_deleted=action == "Delete",
                is_conclusive=is_conclusive,
            )
        )

    def content_at(self, now: datetime) -> Payload | None:
        """Return the object as it is now; `None` if it does not exist."""
        past = [change for change in self.changes if change.at <= now]
        return past[-1].payload if past and not past[-1].is_deleted else None

    def is_changed(self, since: datetime, *, until: datetime) -> bool:
        """Return whether its last change until then was made at that time or later."""
        last = max((change.at for change in self.changes if change.at <= until), default=None)
        return last is not None and last >= since


def event_id(name: EventName, object_id: str) -> str:
    """Return the only valid id of this object's event."""
    return rule_of(name).event_id(object_id)


def customer_record(tenant_id: str, number: int) -> Payload:
    """Return the shop's full record of one person."""
    return {
        "id": f"{CANARY}-{tenant_id}-{number}",
        "firstName": f"{CANARY}anna",
        "lastName": f"{CANARY}son",
        "city": "Exampleville",
        "stateCode": "OH",
        "zipCode": "44101",
        "countryCode": "US",
        "emails": [{"email": f"{CANARY}{number}@example.com"}],
        "phones": [{"phone": f"+1707963{number % 10000:04d}"}],
    }


def add_order_changes(obj: ShopObject, at: datetime, rng: Random) -> None:
    """Add an order's changes: paid at once, later or never, and sometimes updated or undone."""
    payload = {
        "id": obj.id,
        "orderNumber": obj.id.rsplit("-", 1)[1],
        "purchaseType": "Regular",
        "channel": rng.choice(("Web", "POS", "Inbound", "Club")),
        "orderSubmittedDate": _iso(at),
        "total": rng.randint(1000, 90000),
        "subTotal": 900,
        "items": [{"sku": "CAB", "quantity": 2, "price": 4900}],
        **_buyer_fields(obj.customer, rng, is_known=rng.random() < 0.8),
    }
    expected_event = EventName.PURCHASE
    if rng.random() < 0.25:
        obj.add(at, "Create", {**payload, "paymentStatus": "Unpaid"})
        if rng.random() < 0.25:
            return
        at += timedelta(seconds=rng.choice((0.5, 20, 3600, 86400)) * rng.random())
        paid = {**payload, "paymentStatus": "Paid", "orderPaidDate": _iso(at)}
        obj.add(at, "Update", paid, expected_event)
    else:
        paid = {**payload, "paymentStatus": "Paid", "orderPaidDate": _iso(at)}
        obj.add(at, "Create", paid, expected_event)
    while rng.random() < 0.3:
        at += timedelta(seconds=rng.choice((0.5, 20, 3600)) * rng.random())
        obj.add(at, "Update", paid, expected_event)
    if rng.random() < 0.05:
        obj.is_reverted = True
        obj.add(at + timedelta(minutes=5), "Update", {**paid, "paymentStatus": "Cancelled"})


def add_membership_changes(obj: ShopObject, at: datetime, rng: Random) -> None:
    """Add a membership's changes; its content names the member by id only."""
    payload = {
        "id": obj.id,
        "status": "Active",
        "signupDate": _iso(at),
        **_buyer_fields(obj.customer, rng, is_known=False),
    }
    obj.add(at, "Create", payload, EventName.SUBSCRIBE)
    if rng.random() < 0.4:
        obj.is_reverted = True
        at += timedelta(seconds=rng.choice((1, 3600, 86400)) * rng.random())
        expected_event = EventName.CANCEL_MEMBERSHIP
        if rng.random() < 0.5:
            ended = {**payload, "status": "Cancelled", "cancelDate": _iso(at)}
            obj.add(at, "Update", ended, expected_event)
        else:
            obj.add(at, "Delete", payload, expected_event)


def add_reservation_changes(obj: ShopObject, at: datetime, rng: Random) -> None:
    """Add a reservation's changes: some are on hold first, some are paid in advance."""
    payload = {
        "id": obj.id,
        "reservationNumber": obj.id.rsplit("-", 1)[1],
        "channel": "Web",
        "status": "Reserved",
        "createdAt": _iso(at),
        **_buyer_fields(obj.customer, rng, is_known=True),
    }
    expected_event = EventName.LEAD
    if rng.random() < 0.3:
        obj.add(at, "Create", {**payload, "status": "Hold"})
        at += timedelta(seconds=600 * rng.random())
        obj.add(at, "Update", payload, expected_event)
    else:
        obj.add(at, "Create", payload, expected_event)
    if rng.random() < 0.3:
        at += timedelta(seconds=60 * rng.random())
        paid = {**payload, "status": "Paid", "reservationPaidDate": _iso(at)}
        obj.add(at, "Update", paid, expected_event)


def add_sign_up(obj: ShopObject, at: datetime, rng: Random) -> None:
    """Add a customer's record; some get an account later, and some never do."""
    obj.id = str(obj.customer["id"])
    payload = {**obj.customer, "createdAt": _iso(at), "hasAccount": True}
    if rng.random() < 0.3:
        obj.add(at, "Create", {**payload, "hasAccount": False})
        if rng.random() < 0.5:
            return
        at += timedelta(seconds=rng.choice((20, 3600, 86400)) * rng.random())
        obj.add(at, "Update", payload, EventName.COMPLETE_REGISTRATION, is_conclusive=False)
    else:
        obj.add(at, "Create", payload, EventName.COMPLETE_REGISTRATION)


GENERATORS: Mapping[ObjectType, Callable[[ShopObject, datetime, Random], None]] = {
    ObjectType.ORDER: add_order_changes,
    ObjectType.MEMBERSHIP: add_membership_changes,
    ObjectType.RESERVATION: add_reservation_changes,
    ObjectType.CUSTOMER: add_sign_up,
}


def random_object(tenant_id: str, number: int, at: datetime, rng: Random) -> ShopObject:
    """Return a random object with all of its changes; half of them are orders."""
    object_type = rng.choice((ObjectType.ORDER, ObjectType.ORDER, ObjectType.ORDER, *ObjectType))
    obj = ShopObject(
        tenant_id, object_type, f"{tenant_id}-{number}", customer_record(tenant_id, number)
    )
    GENERATORS[object_type](obj, at, rng)
    return obj


def _buyer_fields(customer: Payload, rng: Random, *, is_known: bool) -> dict[str, Any]:
    bare = {"id": customer["id"], "firstName": customer["firstName"]}
    who = customer if is_known else bare
    ip = f"8.8.{rng.randrange(256)}.25"
    return {
        "customerId": customer["id"],
        "customer": who,
        "connectionInformation": {"customerIpAddress": ip, "userAgent": f"Mozilla/5.0 ({CANARY})"},
    }


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")

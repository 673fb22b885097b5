"""Parsing of Commerce7's objects into the domain's. Pure.

Reference: Commerce7 developer documentation, "Orders", "Club Memberships", "Reservations" and
"Customers". Only fields that the mapping needs are read: never payment tenders, birth dates, notes
or the staff member who acted.
"""

import math
import re

from service.commerce7.fields import Fields, word
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.order import Channel, Handover, Line, Order, OrderKind, Payment
from service.domain.shop.person import Address, ClientInfo, ClubMembership, Customer, Person
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import BookingStatus, Reservation
from service.domain.shop.staff import StaffMember
from service.ports import Refusal, ShopError

_SALE = "regular"
_PARENTS = ("previousOrderId", "previousOrderNumber", "refundOrderId", "refundOrderNumber")
_SWITCHED_CLUBS = "switchingtoanotherclub"
_OBJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BOUNCED = "bounced"

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
_MEMBERSHIPS = {
    "active": MembershipStatus.ACTIVE,
    "onhold": MembershipStatus.ON_HOLD,
    "cancelled": MembershipStatus.CANCELLED,
}
_BOOKED_OVER = {"web": "Web", "inbound": "Inbound"}
_BOOKINGS = {
    "reserved": BookingStatus.BOOKED,
    "paid": BookingStatus.BOOKED,
    "checkedin": BookingStatus.BOOKED,
    "closedout": BookingStatus.BOOKED,
    "hold": BookingStatus.ON_HOLD,
    "cancelled": BookingStatus.CANCELLED,
    "noshow": BookingStatus.NO_SHOW,
}


def is_object_id(text: str) -> bool:
    """Return whether the text is a valid object id, safe to use in keys and addresses."""
    return _OBJECT_ID.fullmatch(text) is not None


def object_id(fields: Fields, name: str = "id") -> str | None:
    """Return an object's id in lower case, so that an object has one id however it is spelled."""
    raw = fields.text(name)
    return raw.lower() if raw else None


def parse_order(payload: Fields) -> Order:
    """Parse an order.

    An external number marks an upload of a historical order, with a vendor or without (Commerce7:
    Orders, "Create order").
    """
    profile = payload.child("posProfile")
    return Order(
        id=object_id(payload) or "",
        updated_at=payload.instant("updatedAt"),
        number=payload.text("orderNumber"),
        kind=_order_kind(payload),
        channel=_CHANNELS.get(word(payload, "channel")),
        is_at_till=bool(payload.text("posProfileId") or profile.text("id")),
        is_assisted=_is_assisted(payload),
        payment=_PAYMENTS.get(word(payload, "paymentStatus"), Payment.OPEN),
        paid_at=payload.instant("orderPaidDate"),
        submitted_at=payload.instant("orderSubmittedDate"),
        total=payload.cents("total"),
        subtotal=payload.cents("subTotal"),
        handover=_HANDOVERS.get(word(payload, "orderDeliveryMethod")),
        is_fraudulent=payload.child("fraud").flag("isFraudulent") is True,
        is_imported=payload.has_any("externalOrderVendor", "externalOrderNumber"),
        lines=tuple(_line(item) for item in payload.children("items")),
        person=Person(
            customer=_customer_in(payload),
            bill_to=parse_address(payload.child("billTo")),
            elsewhere=(parse_address(payload.child("shipTo")),),
            connection=_connection(payload),
        ),
    )


def parse_membership(payload: Fields) -> Membership:
    """Parse a club membership."""
    return Membership(
        id=object_id(payload) or "",
        updated_at=payload.instant("updatedAt"),
        status=_MEMBERSHIPS.get(word(payload, "status"), MembershipStatus.OTHER),
        joined_at=payload.instant("signupDate"),
        cancelled_at=payload.instant("cancelDate"),
        is_switched_from=word(payload, "cancellationReason") == _SWITCHED_CLUBS,
        bill_to_id=object_id(payload, "billToCustomerAddressId"),
        person=Person(customer=_customer_in(payload)),
    )


def parse_reservation(payload: Fields) -> Reservation:
    """Parse a reservation."""
    return Reservation(
        id=object_id(payload) or "",
        updated_at=payload.instant("updatedAt"),
        number=payload.text("reservationNumber"),
        channel=_BOOKED_OVER.get(word(payload, "channel")),
        is_online=word(payload, "channel") == "web",
        status=_BOOKINGS.get(word(payload, "status"), BookingStatus.PENDING),
        is_imported=payload.has_any("externalReservationVendor", "externalReservationNumber"),
        booked_at=payload.instant("createdAt"),
        person=Person(customer=_customer_in(payload), connection=_connection(payload)),
    )


def parse_customer(record: Fields) -> Registration:
    """Parse a customer's record."""
    customer = _customer(record)
    return Registration(
        id=customer.id or "",
        updated_at=record.instant("updatedAt"),
        created_at=record.instant("createdAt"),
        has_account=record.flag("hasAccount"),
        person=Person(customer=customer),
    )


def parse_staff_member(account: Fields) -> StaffMember:
    """Parse a user of Commerce7's admin.

    Raises:
        ShopError: there is no user id, which counts as no answer.
    """
    user_id = account.text("id")
    if user_id is None:
        raise ShopError(Refusal.NO_ANSWER)
    names = (account.text("firstName"), account.text("lastName"))
    name = " ".join(part for part in names if part) or "Unnamed user"
    return StaffMember(id=user_id, name=name, role=account.text("role") or "")


def parse_address(fields: Fields) -> Address:
    """Parse an address, or a customer's record, which has the same keys."""
    return Address(
        first_name=fields.text("firstName"),
        last_name=fields.text("lastName"),
        phone=fields.text("phone"),
        city=fields.text("city"),
        state=fields.text("stateCode"),
        postcode=fields.text("zipCode"),
        country=fields.text("countryCode"),
    )


def _customer_in(payload: Fields) -> Customer:
    """Return the customer inside another object, which may hold only the id."""
    return _customer(payload.child("customer"), customer_id=object_id(payload, "customerId"))


def _customer(record: Fields, *, customer_id: str | None = None) -> Customer:
    emails = [
        (email, word(each, "status") == _BOUNCED)
        for each in record.children("emails")
        if (email := each.text("email"))
    ]
    phones = (each.text("phone") for each in record.children("phones"))
    # An e-mail address that bounced may be mistyped, and so another person's.
    working = tuple(email for email, has_bounced in emails if not has_bounced)
    return Customer(
        id=customer_id or object_id(record),
        emails=working or tuple(email for email, _ in emails),
        phones=tuple(phone for phone in phones if phone),
        address=parse_address(record),
        memberships=tuple(
            ClubMembership(
                id=object_id(each, "clubMembershipId") or "",
                cancelled_at=each.instant("cancelDate"),
            )
            for each in record.children("clubs")
        ),
    )


def _connection(payload: Fields) -> ClientInfo:
    """Return the browser; of `metaData` only what a theme writes for us (docs, "For themes")."""
    fields = payload.child("connectionInformation")
    return ClientInfo(
        ip=fields.text("customerIpAddress"),
        user_agent=fields.text("userAgent"),
        browser_id=payload.child("metaData").text("onepixel"),
    )


def _order_kind(payload: Fields) -> OrderKind:
    """Return the kind of an order.

    A refund is an order of its own: a child of the order that it refunds, with negative totals
    (Commerce7: Orders, `previousOrderId`; older orders have `refundOrderId`). Orders of before
    2020 have no purchase type.
    """
    kind = _ORDER_KINDS.get(word(payload, "purchaseType") or _SALE, OrderKind.OTHER)
    if kind not in {OrderKind.SALE, OrderKind.OTHER}:
        return kind
    is_child = payload.has_any(*_PARENTS)
    return OrderKind.REFUND if is_child or (payload.cents("total") or 0) < 0 else kind


def _is_assisted(payload: Fields) -> bool:
    associate = payload.child("salesAssociate")
    return payload.has_any("salesAssociate") or associate.has_any("accountId", "id", "name")


def _line(item: Fields) -> Line:
    quantity = item.number("quantity")
    return Line(
        sku=item.text("sku"),
        product_id=item.text("productId"),
        variant_id=item.text("productVariantId"),
        quantity=1 if quantity is None else _units(quantity),
        unit_price=item.cents("price"),
    )


def _units(quantity: float) -> int:
    """Return the whole units: 2.5 bottles are two, half a one is one, and none is none."""
    return max(int(quantity), 1) if quantity > 0 else math.floor(quantity)

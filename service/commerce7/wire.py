"""Parsing of Commerce7's objects into the domain's. Pure.

Reference: Commerce7 developer documentation, "Orders", "Club Memberships", "Reservations" and
"Customers". Only fields that the mapping needs are read: never payment tenders, birth dates, notes
or the staff member who acted.
"""

import math
import re
from collections.abc import Mapping

from service.commerce7.fields import Fields, cents, flag, instant, is_any_given, number, text, word
from service.commerce7.payload import (
    Associate,
    Club,
    Connection,
    CustomerRecord,
    Email,
    Fraud,
    Item,
    MetaData,
    Payload,
    Phone,
    Place,
    Till,
    read_all,
    read_as,
)
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.order import Channel, Handover, Line, Order, OrderKind, Payment
from service.domain.shop.person import Address, ClientInfo, ClubMembership, Customer, Person
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import BookingStatus, Reservation
from service.domain.shop.staff import StaffMember
from service.ports import Refusal, ShopError

_SALE = "regular"
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


def object_id(raw: object) -> str | None:
    """Return an object's id in lower case, so that an object has one id however it is spelled."""
    spelled = text(raw)
    return spelled.lower() if spelled else None


def parse_order(payload: Payload) -> Order:
    """Parse an order.

    An external number marks an upload of a historical order, with a vendor or without (Commerce7:
    Orders, "Create order").
    """
    imported = (payload.externalOrderVendor, payload.externalOrderNumber)
    return Order(
        id=object_id(payload.id) or "",
        updated_at=instant(payload.updatedAt),
        number=text(payload.orderNumber),
        kind=_order_kind(payload),
        channel=_CHANNELS.get(word(payload.channel)),
        is_at_till=bool(text(payload.posProfileId) or text(read_as(Till, payload.posProfile).id)),
        is_assisted=_is_assisted(payload),
        payment=_PAYMENTS.get(word(payload.paymentStatus), Payment.OPEN),
        paid_at=instant(payload.orderPaidDate),
        submitted_at=instant(payload.orderSubmittedDate),
        total=cents(payload.total),
        subtotal=cents(payload.subTotal),
        handover=_HANDOVERS.get(word(payload.orderDeliveryMethod)),
        is_fraudulent=flag(read_as(Fraud, payload.fraud).isFraudulent) is True,
        is_imported=is_any_given(imported),
        lines=tuple([_line(each) for each in read_all(Item, payload.items)]),
        person=Person(
            customer=_customer_in(payload),
            bill_to=parse_address(read_as(Place, payload.billTo)),
            elsewhere=(parse_address(read_as(Place, payload.shipTo)),),
            connection=_connection(payload),
        ),
    )


def parse_membership(payload: Payload) -> Membership:
    """Parse a club membership."""
    return Membership(
        id=object_id(payload.id) or "",
        updated_at=instant(payload.updatedAt),
        status=_MEMBERSHIPS.get(word(payload.status), MembershipStatus.OTHER),
        joined_at=instant(payload.signupDate),
        cancelled_at=instant(payload.cancelDate),
        is_switched_from=word(payload.cancellationReason) == _SWITCHED_CLUBS,
        bill_to_id=object_id(payload.billToCustomerAddressId),
        person=Person(customer=_customer_in(payload)),
    )


def parse_reservation(payload: Payload) -> Reservation:
    """Parse a reservation."""
    channel = word(payload.channel)
    imported = (payload.externalReservationVendor, payload.externalReservationNumber)
    return Reservation(
        id=object_id(payload.id) or "",
        updated_at=instant(payload.updatedAt),
        number=text(payload.reservationNumber),
        channel=_BOOKED_OVER.get(channel),
        is_online=channel == "web",
        status=_BOOKINGS.get(word(payload.status), BookingStatus.PENDING),
        is_imported=is_any_given(imported),
        booked_at=instant(payload.createdAt),
        person=Person(customer=_customer_in(payload), connection=_connection(payload)),
    )


def parse_customer(record: CustomerRecord) -> Registration:
    """Parse a customer's record."""
    customer = _customer(record)
    return Registration(
        id=customer.id or "",
        updated_at=instant(record.updatedAt),
        created_at=instant(record.createdAt),
        has_account=flag(record.hasAccount),
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


def parse_address(place: Place) -> Address:
    """Parse an address, or a customer's record, which has the same keys."""
    return Address(
        first_name=text(place.firstName),
        last_name=text(place.lastName),
        phone=text(place.phone),
        city=text(place.city),
        state=text(place.stateCode),
        postcode=text(place.zipCode),
        country=text(place.countryCode),
    )


def parse_address_book(book: Fields) -> Mapping[str, Address]:
    """Parse a customer's address book, by entry id."""
    entries = book.children("customerAddresses") or book.children("addresses")
    # An entry without an id cannot be a bill-to address, but still decides the privacy law.
    return {
        object_id(each.value.get("id")) or f"#{n}": parse_address(read_as(Place, each.value))
        for n, each in enumerate(entries)
    }


def _customer_in(payload: Payload) -> Customer:
    """Return the customer inside another object, which may hold only the id."""
    record = read_as(CustomerRecord, payload.customer)
    return _customer(record, customer_id=object_id(payload.customerId))


def _customer(record: CustomerRecord, *, customer_id: str | None = None) -> Customer:
    emails = read_all(Email, record.emails)
    # An e-mail address that bounced may be mistyped, and so another person's.
    working = _emails([each for each in emails if word(each.status) != _BOUNCED])
    phones = [phone for each in read_all(Phone, record.phones) if (phone := text(each.phone))]
    return Customer(
        id=customer_id or object_id(record.id),
        emails=working or _emails(emails),
        phones=tuple(phones),
        address=parse_address(record),
        memberships=tuple(
            [
                ClubMembership(
                    id=object_id(each.clubMembershipId) or "",
                    cancelled_at=instant(each.cancelDate),
                )
                for each in read_all(Club, record.clubs)
            ]
        ),
    )


def _emails(records: list[Email]) -> tuple[str, ...]:
    return tuple([email for each in records if (email := text(each.email))])


def _connection(payload: Payload) -> ClientInfo:
    """Return the browser; of `metaData` only what a theme writes for us (docs, "For themes")."""
    seen = read_as(Connection, payload.connectionInformation)
    return ClientInfo(
        ip=text(seen.customerIpAddress),
        user_agent=text(seen.userAgent),
        browser_id=text(read_as(MetaData, payload.metaData).onepixel),
    )


def _order_kind(payload: Payload) -> OrderKind:
    """Return the kind of an order.

    A refund is an order of its own: a child of the order that it refunds, with negative totals
    (Commerce7: Orders, `previousOrderId`; older orders have `refundOrderId`). Orders of before
    2020 have no purchase type.
    """
    kind = _ORDER_KINDS.get(word(payload.purchaseType) or _SALE, OrderKind.OTHER)
    if kind is not OrderKind.SALE and kind is not OrderKind.OTHER:
        return kind
    parents = (
        payload.previousOrderId,
        payload.previousOrderNumber,
        payload.refundOrderId,
        payload.refundOrderNumber,
    )
    is_child = is_any_given(parents)
    return OrderKind.REFUND if is_child or (cents(payload.total) or 0) < 0 else kind


def _is_assisted(payload: Payload) -> bool:
    named = payload.salesAssociate
    associate = read_as(Associate, named)
    return is_any_given((named, associate.accountId, associate.id, associate.name))


def _line(item: Item) -> Line:
    quantity = number(item.quantity)
    return Line(
        sku=text(item.sku),
        product_id=text(item.productId),
        variant_id=text(item.productVariantId),
        quantity=1 if quantity is None else _units(quantity),
        unit_price=cents(item.price),
    )


def _units(quantity: float) -> int:
    """Return the whole units: 2.5 bottles are two, half a one is one, and none is none."""
    return max(int(quantity), 1) if quantity > 0 else math.floor(quantity)

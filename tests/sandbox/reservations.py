"""Reservations of a visit. Pure.

A reservation on the web is on hold first and paid seconds later; one by phone is made in one step,
from a staff member's browser. The sandbox does not make the order of a paid reservation.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from tests.sandbox.customers import embedded_customer
from tests.sandbox.order_parts import Json, connection, fixed_id, part_id, timestamp, winery_place
from tests.sandbox.people import Person

AT_THE_CHECKOUT = timedelta(seconds=4)
"""How long a reservation on the web is on hold before it is paid."""

_AHEAD = timedelta(days=10)
_VISIT = timedelta(hours=1)
_GUESTS = 2
_PRICE = 4000
_SKU = "EX-TOUR"
_CHARGE = "On Reservation Booking"


class ReservationChannel(StrEnum):
    """The channels by which visits are booked."""

    WEB = "Web"
    INBOUND = "Inbound"


def a_reservation(
    person: Person,
    channel: ReservationChannel,
    *,
    reservation_id: str,
    number: int,
    now: datetime,
) -> Json:
    """Return a new reservation: on hold if on the web, reserved if by phone."""
    return {
        "id": reservation_id,
        "channel": channel.value,
        "reservationNumber": number,
        "reservationSource": "Internal",
        **dict.fromkeys(("externalReservationNumber", "externalReservationVendor"), None),
        "customerId": person.customer_id,
        "status": "Hold" if channel is ReservationChannel.WEB else "Reserved",
        "paymentStatus": "Pending",
        "reservationPaidDate": None,
        "customerCreditCardId": part_id(reservation_id, "card"),
        **_visit(now),
        **_experience(),
        **_place(),
        "customer": embedded_customer(person, now=now),
        "connectionInformation": connection(channel, person),
        "createdAt": timestamp(now),
        "updatedAt": timestamp(now),
        **_untouched(),
    }


def paid_for(reservation: Json, *, now: datetime) -> Json:
    """Return the reservation after its payment."""
    at = timestamp(now)
    return reservation | {
        "status": "Paid",
        "paymentStatus": "Paid",
        "reservationPaidDate": at,
        "updatedAt": at,
    }


def _visit(now: datetime) -> Json:
    return {
        "reservationDate": timestamp(now + _AHEAD),
        "reservationCloseOutDate": timestamp(now + _AHEAD + _VISIT),
        "guestCount": _GUESTS,
    }


def _experience() -> Json:
    type_id, option_id = fixed_id("reservation-type"), fixed_id("reservation-type-option")
    return {
        "reservationTypeId": type_id,
        "reservationTypeOptionId": option_id,
        "experienceType": "Communal",
        "isRequiresAHost": True,
        "paymentCharge": _CHARGE,
        "tenderType": "Credit Card",
        "sku": _SKU,
        "price": _PRICE,
        "reservationType": {
            "id": type_id,
            "inventoryLocationId": fixed_id("cellar"),
            "title": "Example Estate Tour",
            "type": "Communal",
            "tourType": "Tasting",
            "paymentCharge": _CHARGE,
            "minGuestCount": 1,
            "maxGuestCount": 12,
            "minutesAllotted": _VISIT // timedelta(minutes=1),
            "slug": "example-estate-tour",
            "security": {"availableTo": "Public"},
        },
        "reservationTypeOption": {
            "id": option_id,
            "reservationTypeId": type_id,
            "title": "Tour and tasting",
            "sku": _SKU,
            "price": _PRICE,
            "costOfGood": 0,
            "taxType": "Tour",
            "sortOrder": 1,
        },
    }


def _place() -> Json:
    location_id, table_id = fixed_id("terrace"), fixed_id("terrace-table")
    return {
        "reservationLocationId": location_id,
        "reservationLocationTableId": table_id,
        "inventoryLocationId": fixed_id("cellar"),
        "location": {"id": location_id, "title": "Terrace", "type": "Communal"},
        "table": {
            "id": table_id,
            "reservationLocationId": location_id,
            "code": "terrace",
            "title": "Terrace",
            "minGuests": 1,
            "maxGuests": 30,
        },
        "inventoryLocation": {
            "id": fixed_id("cellar"),
            "title": "Main Tasting Room",
            **winery_place(),
        },
    }


def _untouched() -> Json:
    """Return the keys that are empty in all of our reservations."""
    return {
        **dict.fromkeys(("orderId", "orderNumber", "lastProcessAttemptDate"), None),
        **dict.fromkeys(("reservationStaffId", "reservationStaff", "reservationThirdPartyId")),
        **dict.fromkeys(("reminderEmailSendDate", "checkInTime", "closeOutTime"), None),
        **dict.fromkeys(("systemNote", "metaData", "appData", "appSync"), None),
        "customerCreditCard": None,
        "reminderEmailSendStatus": "Pending",
        **dict.fromkeys(("isPriceOverride", "isReservationDateOverride"), False),
        **dict.fromkeys(("isReservationLocationOverride", "isGuestCountOverride"), False),
        "notes": "",
        "flags": [],
        "secondaryCustomers": [],
        "carts": [],
        "tags": [],
    }

"""Memberships of the winery's club. Pure.

Every membership has the documented shape. The customer inside has no e-mail address, phone number
or zip code: the service must look up the customer for these.
"""

import copy
from datetime import datetime

from tests.sandbox.customers import customer
from tests.sandbox.order_parts import CLUB_TITLE, Json, fixed_id, timestamp
from tests.sandbox.people import Person

_FOUNDED = "2024-01-05T17:00:00.000Z"
_KEYS_OF_A_MEMBER = (
    *("id", "avatar", "firstName", "lastName", "birthDate", "city", "stateCode", "countryCode"),
    *("lastActivityDate", "facebookId", "metaData", "createdAt", "updatedAt"),
)
_KEYS_OF_THE_HISTORY = (
    *("lastOrderId", "lastOrderDate", "orderCount", "lifetimeValue", "daysInCurrentClub"),
)


def a_membership(person: Person, *, membership_id: str, now: datetime) -> Json:
    """Return the membership of a person who joins now."""
    at = timestamp(now)
    return {
        "status": "Active",
        "id": membership_id,
        "customerId": person.customer_id,
        "clubId": fixed_id("club"),
        "billToCustomerAddressId": person.address_id,
        "orderDeliveryMethod": "Ship",
        "shipToCustomerAddressId": person.address_id,
        "customerCreditCardId": fixed_id(f"card:{person.email}"),
        "signupDate": at,
        "cancelDate": None,
        "lastProcessedDate": None,
        "currentNumberOfShipments": 0,
        "createdAt": at,
        "updatedAt": at,
        "customer": _member(person, membership_id, now),
        "club": _club(),
        "onHolds": [],
    }


def cancelled(membership: Json, *, now: datetime) -> Json:
    """Return the membership after its cancellation, with an unchanged customer record."""
    at = timestamp(now)
    changed = copy.deepcopy(membership) | {
        "status": "Cancelled",
        "cancelDate": at,
        "updatedAt": at,
        "cancellationReason": "Moving",
    }
    for entry in changed["customer"]["clubs"]:
        entry["cancelDate"] = at
    return changed


def _member(person: Person, membership_id: str, now: datetime) -> Json:
    record = customer(person, now=now)
    history = record["orderInformation"]
    return {
        **{key: record[key] for key in _KEYS_OF_A_MEMBER},
        "orderInformation": {key: history[key] for key in _KEYS_OF_THE_HISTORY}
        | {"currentClubTitle": CLUB_TITLE},
        "clubs": [
            {
                "clubId": fixed_id("club"),
                "clubTitle": CLUB_TITLE,
                "cancelDate": None,
                "signupDate": timestamp(now),
                "clubMembershipId": membership_id,
            }
        ],
    }


def _club() -> Json:
    return {
        "id": fixed_id("club"),
        "title": CLUB_TITLE,
        "content": None,
        "publishDate": _FOUNDED,
        "slug": CLUB_TITLE.lower().replace(" ", "-"),
        "createdAt": _FOUNDED,
        "updatedAt": _FOUNDED,
        "seo": {"title": CLUB_TITLE, "description": None},
    }

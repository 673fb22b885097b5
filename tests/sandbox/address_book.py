"""A customer's address book, as `GET /customer/{id}/address` returns it. Pure.

Reference: Commerce7's developer documentation, "Customer Addresses".
"""

from datetime import datetime

from tests.sandbox.order_parts import Json, timestamp
from tests.sandbox.people import BUYERS, GIFT_RECIPIENT, Person


def address_book(owner: Person, *, now: datetime) -> Json:
    """Return the address book. It begins with entries of other people, who were sent gifts."""
    others = [GIFT_RECIPIENT] if owner in BUYERS else []
    entries = [_entry(owner, whose, at=timestamp(now)) for whose in (*others, owner)]
    return {"customerAddresses": entries, "total": len(entries)}


def _entry(owner: Person, whose: Person, *, at: str) -> Json:
    return {
        "id": whose.address_id,
        "customerId": owner.customer_id,
        **dict.fromkeys(("birthDate", "honorific", "company", "address2"), None),
        "firstName": whose.first_name,
        "lastName": whose.last_name,
        "phone": whose.phone,
        "address": whose.address,
        "city": whose.city,
        "stateCode": whose.state,
        "zipCode": whose.zip_code,
        "countryCode": whose.country,
        "isDefault": whose is owner,
        "createdAt": at,
        "updatedAt": at,
    }

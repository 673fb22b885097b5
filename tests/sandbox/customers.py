"""The shop's record of a person, inside orders and as the API returns it."""

from datetime import datetime, timedelta

from tests.sandbox.order_parts import CLUB_TITLE, Json, fixed_id, timestamp
from tests.sandbox.people import Person

_JOINED = timedelta(days=30)


def embedded_customer(
    person: Person, *, now: datetime, is_member: bool = False, with_contact: bool = True
) -> Json:
    """Return the record inside an order or a reservation; a till's may lack all contact data."""
    return {
        "id": person.customer_id,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "city": person.city,
        "stateCode": person.state,
        "zipCode": person.zip_code,
        "countryCode": person.country,
        "emailMarketingStatus": "Subscribed",
        **dict.fromkeys(("avatar", "honorific", "birthDate"), None),
        **dict.fromkeys(("metaData", "appData", "appSync", "loyalty"), None),
        "productJSON": [],
        "flags": [],
        "notifications": [],
        "createdAt": timestamp(now - _JOINED),
        "updatedAt": timestamp(now),
        "orderInformation": _order_information(is_member=is_member),
        "emails": [_email(person)] if with_contact else [],
        "phones": [_phone(person)] if with_contact else [],
        "clubs": [_club_entry(now)] if is_member else [],
        "hasAccount": False,
        "loginActivity": dict.fromkeys(("lastLoginAt", "loginIP", "lastLogoutAt")),
    }


def customer(person: Person, *, now: datetime) -> Json:
    """Return the record as `GET /customer/{id}` does, with a few further keys."""
    return embedded_customer(person, now=now) | {
        "lastActivityDate": timestamp(now),
        "facebookId": None,
        "tags": [],
        "groups": [],
        "products": [],
    }


def new_customer(person: Person, *, now: datetime, by_staff: bool) -> Json:
    """Return the record of a new customer without purchases."""
    record = customer(person, now=now)
    bought_nothing = {
        **dict.fromkeys(("orderCount", "lifetimeValue", "grossProfit"), 0),
        "acquisitionChannel": "Inbound" if by_staff else "Web",
    }
    return record | {
        "createdAt": timestamp(now),
        "hasAccount": not by_staff,
        "orderInformation": record["orderInformation"] | bought_nothing,
    }


def _email(person: Person) -> Json:
    return {"id": fixed_id(f"mail:{person.email}"), "email": person.email, "status": "Ok"}


def _phone(person: Person) -> Json:
    return {"id": fixed_id(f"phone:{person.phone}"), "phone": person.phone}


def _order_information(*, is_member: bool) -> Json:
    return {
        **dict.fromkeys(("currentWebCartId", "lastOrderId", "lastOrderDate"), None),
        "orderCount": 1,
        "lifetimeValue": 11584,
        "lifetimeValueSeedAmount": 0,
        "yearlyValue": {},
        "grossProfit": 7000,
        "acquisitionChannel": None,
        "currentClubTitle": CLUB_TITLE if is_member else None,
        "daysInCurrentClub": _JOINED.days if is_member else 0,
        "daysInClub": _JOINED.days if is_member else 0,
        "isActiveClubMember": is_member,
    }


def _club_entry(now: datetime) -> Json:
    return {
        "clubId": fixed_id("club"),
        "clubTitle": CLUB_TITLE,
        "cancelDate": None,
        "signupDate": timestamp(now - _JOINED),
        "clubMembershipId": fixed_id("club-membership"),
    }

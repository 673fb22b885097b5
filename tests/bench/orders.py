"""Orders for the benchmarks: five kinds, and buyers who differ in all that is normalised."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

from tests.builders import TENANT
from tests.sandbox.order_parts import Json
from tests.sandbox.orders import OrderKind, an_order, webhook
from tests.sandbox.people import Person

KINDS = (
    OrderKind.WEB,
    OrderKind.GIFT,
    OrderKind.CALIFORNIA,
    OrderKind.INBOUND,
    OrderKind.CLUB,
)
_FIRST = ("Avery", "Noël", "Jordan", "Ana María", "Riley", "Siobhán", "Kim", "Jean-Luc")
_LAST = ("Sample", "O'Example", "Fixture", "Mock-Testwood", "van der Vorbild", "Muster")
_PLACES = (
    ("Portland", "OR", "97205", "503"),
    ("St. Helena", "CA", "94574", "707"),
    ("New York", "NY", "10001-1234", "212"),
    ("Boston", "MA", "02110", "617"),
    ("Seattle", "WA", "98101", "206"),
    ("Austin", "TX", "78701", "512"),
    ("Walla Walla", "WA", "99362", "509"),
)
MOST_BUYERS = len(_FIRST) * len(_LAST) * len(_PLACES)


def buyers() -> Iterator[Person]:
    """Yield people, no two with the same e-mail address or phone number."""
    for number, (first, last, place) in enumerate(product(_FIRST, _LAST, _PLACES)):
        city, state, zip_code, area = place
        yield Person(
            first_name=first,
            last_name=last,
            email=f"Buyer.{number}@example.com",
            phone=f"+1{area}867{5000 + number:04}",
            address=f"{number} Example Street",
            city=city,
            state=state,
            zip_code=zip_code,
            ip=f"8.8.{number // 200}.{number % 200 + 1}",
        )


def orders(*, now: datetime | None = None) -> Iterator[tuple[Person, Json]]:
    """Yield an order of each buyer, the five kinds in turn."""
    for number, person in enumerate(buyers()):
        yield (
            person,
            an_order(
                KINDS[number % len(KINDS)],
                order_id=str(UUID(int=number + 1)),
                number=number + 1,
                now=now or datetime.now(UTC),
                person=person,
            ),
        )


def webhooks(tenant_id: str = TENANT) -> list[bytes]:
    """Return the Create webhooks of these orders, as their bytes."""
    return [
        json.dumps(webhook(order, "Create", tenant_id), separators=(",", ":")).encode()
        for _, order in orders()
    ]

"""An order as the mapping needs it, whoever sold it and whichever platform told us.

The classes that hold a person's raw data have no `repr`, so that no traceback or log can
print one by accident.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Channel(StrEnum):
    """Where an order was made; the values are the keys of the tenant's channel switches."""

    WEB = "Web"
    POS = "POS"
    PHONE = "Inbound"
    CLUB = "Club"


class OrderKind(StrEnum):
    """What an order is; only sales are conversions."""

    SALE = "sale"
    REFUND = "refund"
    EXCHANGE = "exchange"
    PICKUP_TO_SHIP = "pickup to ship"
    OTHER = "other"


class Payment(StrEnum):
    """How far the payment of an order has come."""

    PAID = "paid"
    AUTHORIZED = "authorized"
    CANCELLED = "cancelled"
    OPEN = "open"


class Handover(StrEnum):
    """How the goods reach the buyer."""

    SHIPPED = "shipped"
    COLLECTED = "collected"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Address:
    """A person's name, phone and place as typed; every part may be missing."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Customer:
    """The shop's record of the buyer."""

    id: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: Address = Address()

    @property
    def is_reachable(self) -> bool:
        """Tell whether the record says how to reach the person; some come with an id alone."""
        return bool(self.emails or self.phones)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Connection:
    """The network address and browser that an order came from."""

    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order; `unit_price` in cents, after promotions."""

    sku: str | None
    product_id: str | None
    variant_id: str | None
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Order:
    """An order; `total` and `subtotal` in cents without tips, times in UTC."""

    id: str
    number: str | None
    kind: OrderKind
    channel: Channel | None
    payment: Payment
    paid_at: datetime | None
    submitted_at: datetime | None
    total: int
    subtotal: int
    handover: Handover | None
    is_fraudulent: bool
    is_imported: bool
    customer: Customer
    bill_to: Address
    ship_to: Address
    connection: Connection
    lines: tuple[Line, ...]

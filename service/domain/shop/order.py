"""An order as the mapping needs it, whatever the shop's platform."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.shop.shop_object import ShopObject


class Channel(StrEnum):
    """Where an order was made; the values are the keys of the tenant's channel switches."""

    WEB = "Web"
    POS = "POS"
    PHONE = "Inbound"
    CLUB = "Club"


class OrderKind(StrEnum):
    """The kind of an order; only sales are conversions."""

    SALE = "sale"
    REFUND = "refund"
    EXCHANGE = "exchange"
    PICKUP_TO_SHIP = "pickup to ship"
    OTHER = "other"


class Payment(StrEnum):
    """The status of an order's payment."""

    PAID = "paid"
    AUTHORIZED = "authorized"
    CANCELLED = "cancelled"
    OPEN = "open"


class Handover(StrEnum):
    """How the goods reach the buyer."""

    SHIPPED = "shipped"
    COLLECTED = "collected"


class Line(Struct, frozen=True, kw_only=True):
    """One line of an order; `unit_price` in cents, after promotions, if it is known."""

    sku: str | None
    product_id: str | None
    variant_id: str | None
    quantity: int
    unit_price: int | None


class Order(ShopObject, frozen=True, kw_only=True):
    """An order; `total` and `subtotal` in cents without tips, times in UTC.

    It `is_at_till` if a till made it, whatever its channel, and `is_assisted` if it names the
    member of staff who made it.
    """

    kind: OrderKind
    channel: Channel | None
    payment: Payment
    paid_at: datetime | None
    submitted_at: datetime | None
    total: int | None
    subtotal: int | None
    handover: Handover | None
    is_at_till: bool = False
    is_assisted: bool = False
    is_fraudulent: bool
    is_imported: bool
    lines: tuple[Line, ...]

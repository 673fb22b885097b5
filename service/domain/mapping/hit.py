"""What a shopper's browser tells of the storefront."""

from datetime import datetime

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.tenants.snippet_sites import OtherPixel


class HitProduct(Struct, frozen=True, kw_only=True):
    """A product on the page or in the cart; `price` of one unit in minor units, if it is known."""

    id: str
    quantity: int
    price: int | None


class Hit(Struct, frozen=True, kw_only=True):
    """One thing that a shopper did; `at` is by the browser's clock, in UTC.

    `id` is the snippet's, a version 4 UUID, or that of the shop's own pixel. `url` is the page's
    address and `referrer` the origin of the page before it. `value` is in minor units.
    """

    __repr__ = object.__repr__

    name: EventName
    id: str
    at: datetime
    url: str
    referrer: str | None = None
    products: tuple[HitProduct, ...] = ()
    value: int | None = None
    currency: str | None = None


class Visitor(Struct, frozen=True, kw_only=True):
    """The browser, and what its page knows of the person.

    `fbc` and `fbp` are Meta's click and browser ids. The e-mail address was hashed in the browser.
    """

    __repr__ = object.__repr__

    ip: str | None = None
    user_agent: str | None = None
    fbc: str | None = None
    fbp: str | None = None
    hashed_email: str | None = None
    customer_id: str | None = None


class Beacon(Struct, frozen=True, kw_only=True):
    """What one request of the snippet brings.

    A visitor who objects by Global Privacy Control, or who refused at the shop's consent banner,
    has no hits.
    """

    __repr__ = object.__repr__

    tenant_id: str
    hits: tuple[Hit, ...]
    visitor: Visitor
    cart_id: str | None = None
    order_id: str | None = None
    has_privacy_signal: bool = False
    is_refused: bool = False
    other_pixel: OtherPixel = OtherPixel.NONE

    @property
    def is_objection(self) -> bool:
        """Tell whether its visitor objects to being reported."""
        return self.has_privacy_signal or self.is_refused

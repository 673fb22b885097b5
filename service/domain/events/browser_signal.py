"""What a shopper's browser has told of them, and by what it can be found again. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

SIGNAL_FOR = timedelta(minutes=30)
"""How long a browser signal is kept."""

CLICK_FOR = timedelta(days=90)
"""How long a known customer's click is kept where a winery has switched that on."""


class JoinKey(StrEnum):
    """What a signal and an event may have in common, the strongest first.

    An order's id is its cart's id. The values are stored with records.
    """

    CART = "cart"
    ORDER_NUMBER = "order number"
    BROWSER = "browser id"
    CUSTOMER = "customer id"
    EMAIL = "email"
    DEVICE = "IP address and browser"


Mark = tuple[JoinKey, str]
"""A key with its value; the value is hashed before it is stored."""


class BrowserSignal(Struct, frozen=True, kw_only=True):
    """What one beacon told of a shopper.

    `fbc` and `fbp` are Meta's click and browser ids; the e-mail address and the customer's id are
    hashes. `checkout_at` is when the checkout was seen to begin. A signal with `has_privacy_signal`
    (Global Privacy Control) or `is_refused` (at the consent banner) has a cart and nothing else. A
    signal that `is_click` is kept for the customer's later orders, and has a click alone.
    """

    __repr__ = object.__repr__

    seen_at: datetime
    cart_id: str | None = None
    order_number: str | None = None
    fbc: str | None = None
    fbp: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    hashed_email: str | None = None
    hashed_customer_id: str | None = None
    page_url: str | None = None
    checkout_at: datetime | None = None
    has_privacy_signal: bool = False
    is_refused: bool = False
    is_click: bool = False

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return what it can be found by, the strongest first."""
        return tuple((key, value) for key, value in self._marks() if value)

    def _marks(self) -> Iterator[tuple[JoinKey, str | None]]:
        yield JoinKey.CART, self.cart_id
        yield JoinKey.ORDER_NUMBER, self.order_number
        yield JoinKey.BROWSER, None if self.is_click else self.fbp
        yield JoinKey.CUSTOMER, self.hashed_customer_id
        yield JoinKey.EMAIL, self.hashed_email
        yield JoinKey.DEVICE, device_of(self.ip, self.user_agent)

    @property
    def visitor(self) -> str | None:
        """Return what tells this browser from others; `None` if nothing does."""
        return self.fbp or self.cart_id


def device_of(ip: str | None, user_agent: str | None) -> str | None:
    """Return the address and browser as one text; `None` unless both are known."""
    return f"{ip} {user_agent}" if ip and user_agent else None

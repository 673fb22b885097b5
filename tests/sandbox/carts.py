"""The carts of the storefront."""

from dataclasses import dataclass
from threading import Lock

from tests.sandbox.products import Line

_KEPT = 10_000


class CartOrderedError(Exception):
    """The cart has become an order, and does not change any more."""


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart's lines; `is_ordered` once it has become the order of the same id."""

    lines: tuple[Line, ...] = ()
    is_ordered: bool = False

    @property
    def sub_total(self) -> int:
        """The price of all goods, in cents."""
        return sum(line.price for line in self.lines)


class Carts:
    """The last carts, by id, which the browser draws. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._carts: dict[str, Cart] = {}

    def get(self, cart_id: str) -> Cart:
        """Return a cart; one that is not known is empty."""
        with self._lock:
            return self._carts.get(cart_id, Cart())

    def put(self, cart_id: str, lines: tuple[Line, ...]) -> Cart:
        """Replace a cart's lines.

        Raises:
            CartOrderedError: it has become an order.
        """
        return self._change(cart_id, lines)

    def close(self, cart_id: str) -> Cart:
        """Mark a cart as ordered, which happens once, and return it.

        Raises:
            CartOrderedError: it has become an order before.
        """
        return self._change(cart_id, None)

    def _change(self, cart_id: str, lines: tuple[Line, ...] | None) -> Cart:
        with self._lock:
            cart = self._carts.get(cart_id, Cart())
            if cart.is_ordered:
                raise CartOrderedError
            changed = Cart(cart.lines, is_ordered=True) if lines is None else Cart(lines)
            self._carts[cart_id] = changed
            if len(self._carts) > _KEPT:
                del self._carts[next(iter(self._carts))]
            return changed

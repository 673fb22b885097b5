"""The winery's shop: what its buttons do, the orders it has made, and what the service said."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from threading import Lock
from typing import Any
from uuid import uuid4

from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver, Delivery
from tests.sandbox.orders import OrderKind, a_refund, an_order, linked, paid, webhook
from tests.sandbox.people import BUYERS, CALIFORNIAN, Person

_KEPT = 1000
_NUMBERS_START = datetime(2025, 1, 1, tzinfo=UTC)


class NothingToDoError(Exception):
    """The command needs an earlier order, and there is none yet."""


@dataclass(slots=True)
class Sale:
    """An order as it is now, and every webhook that has told of it."""

    order: dict[str, Any]
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command did."""

    order: dict[str, Any]
    deliveries: tuple[Delivery, ...]


class Shop:
    """A shop whose every command ends in webhooks to the service.

    The lock guards the memory only: a service that is slow to answer one webhook can still be
    told the next one.
    """

    def __init__(self, config: SandboxConfig, deliver: Deliver) -> None:
        self._config = config
        self._deliver = deliver
        self._lock = Lock()
        self._sales: deque[Sale] = deque(maxlen=_KEPT)
        self._last_sent: tuple[Sale, dict[str, Any]] | None = None
        # Minutes since a start: numbers keep growing when the sandbox restarts, as a service
        # that remembers earlier orders expects.
        self._numbers = count(int((config.clock() - _NUMBERS_START).total_seconds() // 60))
        self._commands: Mapping[str, Callable[[], Outcome]] = {
            **{kind: partial(self._sell, kind) for kind in OrderKind},
            "pay": self._pay,
            "refund": self._refund,
            "repeat": self._repeat,
        }

    def perform(self, command: str) -> Outcome:
        """Make an order of a kind, or do something to an earlier one.

        Raises:
            NothingToDoError: there is no order that this could be done to.
        """
        return self._commands[command]()

    @property
    def commands(self) -> tuple[str, ...]:
        """What `perform` understands."""
        return tuple(self._commands)

    def sales(self) -> list[Sale]:
        """Return the shop's orders, newest first."""
        with self._lock:
            return [Sale(sale.order, list(sale.deliveries)) for sale in reversed(self._sales)]

    def order(self, order_id: str) -> dict[str, Any] | None:
        """Return an order as it is now."""
        return next((sale.order for sale in self.sales() if sale.order["id"] == order_id), None)

    def _sell(self, kind: OrderKind) -> Outcome:
        number = next(self._numbers)
        order = an_order(
            kind,
            order_id=str(uuid4()),
            number=number,
            now=self._config.clock(),
            person=_buyer(kind, number),
        )
        return self._tell((self._open(order), "Create"))

    def _pay(self) -> Outcome:
        sale = self._latest(lambda order: order["paymentStatus"] is None)
        if not sale:
            raise NothingToDoError("There is no unpaid order. Make one first.")
        sale.order = paid(sale.order, now=self._config.clock())
        return self._tell((sale, "Update"))

    def _refund(self) -> Outcome:
        root = self._latest(_refundable)
        if not root:
            raise NothingToDoError("There is no paid order left to refund. Make one first.")
        now = self._config.clock()
        child = a_refund(root.order, order_id=str(uuid4()), number=next(self._numbers), now=now)
        root.order = linked(root.order, child, now=now)
        return self._tell((self._open(child), "Create"), (root, "Update"))

    def _repeat(self) -> Outcome:
        with self._lock:
            last = self._last_sent
        if not last:
            raise NothingToDoError("No webhook has been sent yet. Make an order first.")
        sale, body = last
        return Outcome(sale.order, (self._send(sale, body),))

    def _open(self, order: dict[str, Any]) -> Sale:
        sale = Sale(order)
        with self._lock:
            self._sales.append(sale)
        return sale

    def _latest(self, suits: Callable[[dict[str, Any]], bool]) -> Sale | None:
        with self._lock:
            return next((sale for sale in reversed(self._sales) if suits(sale.order)), None)

    def _tell(self, *news: tuple[Sale, str]) -> Outcome:
        deliveries = tuple(
            self._send(sale, webhook(sale.order, action, self._config.tenant_id))
            for sale, action in news
        )
        return Outcome(news[0][0].order, deliveries)

    def _send(self, sale: Sale, body: dict[str, Any]) -> Delivery:
        with self._lock:
            self._last_sent = (sale, body)
        delivery = self._deliver(body, self._config)
        with self._lock:
            sale.deliveries.append(delivery)
        return delivery


def _buyer(kind: OrderKind, number: int) -> Person:
    return CALIFORNIAN if kind is OrderKind.CALIFORNIA else BUYERS[number % len(BUYERS)]


def _refundable(order: dict[str, Any]) -> bool:
    is_sale = order["purchaseType"] == "Regular" and order["paymentStatus"] == "Paid"
    return is_sale and not order["linkedOrders"]

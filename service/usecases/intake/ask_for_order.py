"""Ask the shop for an order that a staff member misses in the log, and take it in.

What the shop itself says needs no proof, so the order is received as from a webhook.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.events.idempotency import event_key
from service.domain.records.record import EventRecord
from service.domain.shop.order import Order
from service.domain.shop.signal import Action, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant
from service.ports import Services, Stored
from service.usecases.intake.receive_signal import receive_signal


class OrderAnswer(StrEnum):
    """What is known of an order after the shop was asked."""

    UNKNOWN = "unknown to the shop"
    EARLIER = "from before the installation"
    CLEARED = "cleared from the log"
    IN_LOG = "in the log"


class FoundOrder(Struct, frozen=True, kw_only=True):
    """The answer; the order's time and record where they are known."""

    answer: OrderAnswer
    at: datetime | None = None
    record: EventRecord | None = None


def ask_for_order(tenant: Tenant, number: str, *, services: Services) -> FoundOrder:
    """Ask the shop for the order with this number, by one request, and record its event.

    An order from before the installation is left alone, since something else may have reported it.

    Raises:
        ShopError: the shop did not answer the request.
        StoreUnavailableError: the event may not be recorded; ask again.
    """
    orders = services.shops.orders_numbered(tenant.id, number)
    if not orders:
        return FoundOrder(answer=OrderAnswer.UNKNOWN)
    order = max(orders, key=_changed_at)
    at = order.paid_at or order.submitted_at
    stored = _stored(tenant, order, services=services)
    since = tenant.counting.since
    if stored is None and at and since and at < since:
        return FoundOrder(answer=OrderAnswer.EARLIER, at=at)
    signal = Signal(kind=ObjectKind.ORDER, action=Action.UPDATE, fact=order)
    receive_signal(
        signal, tenant_id=tenant.id, is_trusted=True, now=services.clock(), services=services
    )
    stored = _stored(tenant, order, services=services)
    if stored is None or stored.record.cleared:
        return FoundOrder(answer=OrderAnswer.CLEARED, at=at)
    return FoundOrder(answer=OrderAnswer.IN_LOG, at=at, record=stored.record)


def _changed_at(order: Order) -> float:
    return order.updated_at.timestamp() if order.updated_at else 0.0


def _stored(tenant: Tenant, order: Order, *, services: Services) -> Stored | None:
    name = EventName.PURCHASE
    key = event_key(tenant.id, kind=ObjectKind.ORDER, object_id=order.id, name=name)
    return services.events.find(tenant.id, key)

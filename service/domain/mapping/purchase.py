"""When an order is a Purchase."""

from datetime import datetime

from service.domain.events.event import ActionSource, CustomData
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.mapping.contents import MOST_CONTENTS, contents_of, units_if_cut
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Waiting
from service.domain.shop.order import Channel, Order, OrderKind, Payment
from service.domain.shop.signal import Signal
from service.domain.tenants.tenant import TenantSettings

_ACTION_SOURCES = {
    Channel.WEB: ActionSource.WEBSITE,
    Channel.POS: ActionSource.PHYSICAL_STORE,
    Channel.PHONE: ActionSource.PHONE_CALL,
    Channel.CLUB: ActionSource.SYSTEM_GENERATED,
}

_NO_SALES = {
    OrderKind.REFUND: Reason.REFUND,
    OrderKind.EXCHANGE: Reason.EXCHANGE,
    OrderKind.PICKUP_TO_SHIP: Reason.PICKUP_TO_SHIP,
    OrderKind.OTHER: Reason.OTHER_ORDER,
}


def purchased(signal: Signal[Order], settings: TenantSettings, _now: datetime) -> MappingResult:
    """Return the purchase, once it is paid or authorized."""
    order = signal.fact
    if skipped := _no_sale(order):
        return skipped
    if order.channel is None:
        return Skipped(Reason.UNKNOWN_CHANNEL, may_change=True)
    at = order.paid_at or order.submitted_at
    if order.payment is Payment.OPEN:
        return Waiting(Reason.NOT_PAID_YET)
    if at is None:
        return Waiting(Reason.NO_ORDER_DATE_YET)
    if order.total is None:
        return Waiting(Reason.NO_TOTAL_YET)
    contents = contents_of(order, settings=settings)
    return Happened(
        at=at,
        source=_ACTION_SOURCES[order.channel],
        channel=order.channel,
        page="checkout",
        custom=CustomData(
            value=Money(
                minor=_value(order, order.total, settings=settings), currency=settings.currency
            ),
            order_id=order.number,
            contents=contents[:MOST_CONTENTS],
            num_items=units_if_cut(contents),
        ),
    )


def _no_sale(order: Order) -> Skipped | None:
    if reason := _NO_SALES.get(order.kind):
        return Skipped(reason)
    if order.is_imported:
        return Skipped(Reason.IMPORT)
    if order.is_fraudulent:
        return Skipped(Reason.FRAUD, may_change=True)
    if order.payment is Payment.CANCELLED:
        return Skipped(Reason.CANCELLED, may_change=True)
    if order.total is not None and order.total <= 0:
        return Skipped(Reason.NOTHING_PAID, may_change=True)
    return None


def _value(order: Order, total: int, *, settings: TenantSettings) -> int:
    wants_subtotal = settings.value_rule == "subtotal" and order.subtotal is not None
    return order.subtotal if wants_subtotal and order.subtotal is not None else total

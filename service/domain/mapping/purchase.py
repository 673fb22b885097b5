"""When an order is a Purchase."""

from datetime import timedelta

from service.domain.events.event import ActionSource, CustomData
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.mapping.contents import contents_of, units_of
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Times, Waiting
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


# A clock may be ahead of ours; a date beyond this is none.
_TOLERANCE = timedelta(days=1)


def purchased(signal: Signal[Order], settings: TenantSettings, times: Times) -> MappingResult:
    """Return the purchase, once it is paid or authorized."""
    order = signal.fact
    value = value_of(order, settings=settings)
    if skipped := _no_sale(order, value):
        return skipped
    channel = order.channel or (Channel.POS if order.is_at_till else None)
    if channel is None:
        return Skipped(Reason.UNKNOWN_CHANNEL, may_change=True)
    latest = times.now + _TOLERANCE
    dates = [at for at in (order.paid_at, order.submitted_at) if at and at <= latest]
    if order.payment is Payment.OPEN:
        return Waiting(Reason.NOT_PAID_YET)
    if not dates:
        return Waiting(Reason.NO_ORDER_DATE_YET)
    if value is None:
        return Waiting(Reason.NO_TOTAL_YET)
    return Happened(
        at=dates[0],
        source=ActionSource.PHYSICAL_STORE if order.is_at_till else _ACTION_SOURCES[channel],
        channel=channel,
        page="checkout",
        has_shoppers_browser=not _is_completed_by_staff(signal),
        custom=CustomData(
            value=Money(minor=value, currency=settings.currency),
            order_id=order.number,
            contents=contents_of(order, settings=settings),
            units=units_of(order),
        ),
    )


def _no_sale(order: Order, value: int | None) -> Skipped | None:
    """Return the first reason why the order is no sale: for good, then those for now."""
    if reason := _NO_SALES.get(order.kind):
        return Skipped(reason, may_change=order.kind is OrderKind.OTHER)
    if order.is_imported:
        return Skipped(Reason.IMPORT)
    if order.is_fraudulent:
        return Skipped(Reason.FRAUD, may_change=True)
    if order.payment is Payment.CANCELLED:
        return Skipped(Reason.CANCELLED, may_change=True)
    if value is not None and value <= 0:
        return Skipped(Reason.NOTHING_PAID, may_change=True)
    return None


def value_of(order: Order, *, settings: TenantSettings) -> int | None:
    """Return the amount in cents that is sent: the total, or the subtotal by the tenant's rule."""
    is_subtotal = settings.value_rule == "subtotal" and order.subtotal is not None
    return order.subtotal if is_subtotal else order.total


def _is_completed_by_staff(signal: Signal[Order]) -> bool:
    """Tell whether staff completed the order, for instance a web shop's cart in the admin."""
    return signal.fact.is_assisted if signal.actor is None else signal.is_by_staff

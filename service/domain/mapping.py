"""From an order to the one Purchase it makes, or the reason why it makes none (yet)."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.buyer import identify
from service.domain.data_use import data_use_for
from service.domain.event import (
    ActionSource,
    Content,
    CustomData,
    DeliveryCategory,
    Event,
    EventName,
)
from service.domain.idempotency import Source, event_id
from service.domain.matching import is_matchable
from service.domain.money import Money
from service.domain.order import Channel, Handover, Line, Order, OrderKind, Payment
from service.domain.schedule import EVENT_WINDOW
from service.domain.tenant import TenantSettings


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not an event yet; a later signal about the same object may make it one."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not an event, for good."""

    reason: str


Outcome = Event | Waiting | Skipped

_ACTION_SOURCES = {
    Channel.WEB: ActionSource.WEBSITE,
    Channel.POS: ActionSource.PHYSICAL_STORE,
    Channel.PHONE: ActionSource.PHONE_CALL,
    Channel.CLUB: ActionSource.SYSTEM_GENERATED,
}

_DELIVERY_CATEGORIES = {
    Handover.SHIPPED: DeliveryCategory.HOME_DELIVERY,
    Handover.COLLECTED: DeliveryCategory.IN_STORE,
}


def order_source(order: Order) -> Source:
    """Return the object that an order's event is recorded under."""
    return Source(kind="order", id=order.id)


def purchase_for(order: Order, *, settings: TenantSettings, now: datetime) -> Outcome:
    """Return the Purchase that this order makes for this tenant, or why there is none.

    The total must be known to be a sale before the switches are asked, so that the log tells a
    refund from a sale that the winery chose not to send.
    """
    if reason := _never_a_sale(order):
        return Skipped(reason)
    if order.channel is None:
        return Skipped("unknown channel")
    occurred_at = order.paid_at or order.submitted_at
    if order.payment is Payment.OPEN or occurred_at is None:
        return Waiting("not paid yet" if order.payment is Payment.OPEN else "no order date yet")
    if reason := _not_wanted(order.channel, occurred_at, settings=settings, now=now):
        return Skipped(reason)
    event = _purchase(order, order.channel, min(occurred_at, now), settings=settings)
    return event if is_matchable(event.identity) else Skipped("no match keys")


def _never_a_sale(order: Order) -> str | None:
    checks = (
        (order.kind is not OrderKind.SALE, str(order.kind)),
        (order.is_imported, "import"),
        (order.is_fraudulent, "fraud"),
        (order.payment is Payment.CANCELLED, "cancelled"),
        (order.total <= 0, "nothing paid"),
    )
    return next((reason for applies, reason in checks if applies), None)


def _not_wanted(
    channel: Channel, occurred_at: datetime, *, settings: TenantSettings, now: datetime
) -> str | None:
    checks = (
        (occurred_at < now - EVENT_WINDOW, "older than 7 days"),
        (not settings.sends(EventName.PURCHASE, channel), "switched off"),
        (not settings.roles(), "not set up"),
    )
    return next((reason for applies, reason in checks if applies), None)


def _purchase(
    order: Order, channel: Channel, occurred_at: datetime, *, settings: TenantSettings
) -> Event:
    source = _ACTION_SOURCES[channel]
    on_website = source is ActionSource.WEBSITE
    return Event(
        name=EventName.PURCHASE,
        event_id=event_id(order_source(order)),
        occurred_at=occurred_at,
        action_source=source,
        source_url=_storefront(settings) if on_website else None,
        identity=identify(order),
        custom=CustomData(
            value=Money(
                minor=order.total if settings.value_rule == "total" else order.subtotal,
                currency=settings.currency,
            ),
            order_id=order.number,
            contents=_contents(order, settings=settings),
        ),
        data_use=data_use_for(
            (order.bill_to, order.customer.address, order.ship_to),
            other_states=settings.ldu_other_states,
        ),
    )


def _storefront(settings: TenantSettings) -> str | None:
    # The shop's front page: true of every order on it, and nothing personal in the address.
    typed = settings.shop_domains[0].strip() if settings.shop_domains else ""
    domain = typed.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return f"https://{domain.lower()}/" if domain else None


def _contents(order: Order, *, settings: TenantSettings) -> tuple[Content, ...]:
    category = _DELIVERY_CATEGORIES[order.handover] if order.handover else None
    lines = ((_content_id(line, settings), line) for line in order.lines)
    return tuple(
        Content(
            id=content_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            delivery_category=category,
        )
        # A line that takes money or goods back is an adjustment, not something bought.
        for content_id, line in lines
        if content_id and line.quantity > 0 and line.unit_price >= 0
    )


def _content_id(line: Line, settings: TenantSettings) -> str | None:
    chosen = {"sku": line.sku, "variant": line.variant_id, "product": line.product_id}
    return chosen[settings.content_id]

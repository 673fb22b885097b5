"""The products of an order, as the tenant's catalogue names them."""

from service.domain.events.event import Content, DeliveryCategory
from service.domain.shop.order import Handover, Line, Order
from service.domain.tenants.tenant import TenantSettings

_DELIVERY_CATEGORIES = {
    Handover.SHIPPED: DeliveryCategory.HOME_DELIVERY,
    Handover.COLLECTED: DeliveryCategory.IN_STORE,
}

MOST_CONTENTS = 500
"""How many products of an event are kept: a record with more may not fit into a Firestore
document, which has 1 MiB at most (Firestore: Usage and limits)."""
_LONGEST_ID = 100


def contents_of(order: Order, *, settings: TenantSettings) -> tuple[Content, ...]:
    """Return the products that were bought.

    At most 500 (`MOST_CONTENTS`). Lines without the chosen id are left out, which could match
    nothing in a catalogue; neither can an id of more than 100 characters (Meta: Product Data
    Specifications, `id`). A bundle is one product with its own id and price.
    """
    category = _DELIVERY_CATEGORIES[order.handover] if order.handover else None
    contents = [
        Content(
            id=content_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            delivery_category=category,
        )
        for line in _bought(order)
        if (content_id := _content_id(line, settings))
    ]
    return tuple(contents[:MOST_CONTENTS])


def units_of(order: Order) -> int:
    """Return how many units were bought, of products with an id or without."""
    return sum([line.quantity for line in _bought(order)])


def _bought(order: Order) -> list[Line]:
    """Return the lines without adjustments, which take money or goods back."""
    return [line for line in order.lines if line.quantity > 0 and (line.unit_price or 0) >= 0]


def _content_id(line: Line, settings: TenantSettings) -> str | None:
    chosen = {"sku": line.sku, "variant": line.variant_id, "product": line.product_id}
    content_id = chosen[settings.content_id] or ""
    return content_id if len(content_id) <= _LONGEST_ID else None

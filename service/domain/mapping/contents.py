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


def units_if_cut(contents: tuple[Content, ...]) -> int | None:
    """Return the units of all these products; `None` if none of them is left out."""
    is_all = len(contents) <= MOST_CONTENTS
    return None if is_all else sum(content.quantity for content in contents)


def contents_of(order: Order, *, settings: TenantSettings) -> tuple[Content, ...]:
    """Return the products that were bought.

    Two kinds of lines are left out: adjustments, which take money or goods back, and lines without
    the chosen id, which could match nothing in a catalogue. Neither can an id of more than 100
    characters (Meta: Product Data Specifications, `id`). A bundle is one product with its own id
    and price.
    """
    category = _DELIVERY_CATEGORIES[order.handover] if order.handover else None
    lines = ((_content_id(line, settings), line) for line in order.lines)
    return tuple(
        Content(
            id=content_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            delivery_category=category,
        )
        for content_id, line in lines
        if content_id and line.quantity > 0 and line.unit_price >= 0
    )


def _content_id(line: Line, settings: TenantSettings) -> str | None:
    chosen = {"sku": line.sku, "variant": line.variant_id, "product": line.product_id}
    content_id = chosen[settings.content_id] or ""
    return content_id if len(content_id) <= _LONGEST_ID else None

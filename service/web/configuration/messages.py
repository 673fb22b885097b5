"""Labels and hints of the Configuration tab's switches, choices and fields."""

from collections.abc import Mapping

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.events.reason import Switch
from service.domain.shop.order import Channel
from service.domain.tenants.audit import LOG
from service.domain.tenants.wanted import Unwanted


class FieldText(Struct, frozen=True):
    """A field's label, and a sentence on what it does."""

    label: str
    hint: str


_FROM_COMMERCE7: Mapping[EventName, str] = {
    EventName.PURCHASE: "An order is placed. Sent with its value and products.",
    EventName.SUBSCRIBE: "A customer joins one of your wine clubs.",
    EventName.CANCEL_MEMBERSHIP: "A club membership is canceled.",
    EventName.LEAD: "A visit or tasting is booked.",
    EventName.COMPLETE_REGISTRATION: "A new customer creates an account.",
}
_FROM_WEBSITE: Mapping[EventName, str] = {
    EventName.PAGE_VIEW: "A visitor opens a page of your website.",
    EventName.VIEW_CONTENT: "A visitor views a product.",
    EventName.ADD_TO_CART: "A product is added to the cart.",
    EventName.INITIATE_CHECKOUT: "A shopper starts the checkout.",
}
# An event without a sentence still has its switch.
SERVER_EVENTS: Mapping[EventName, FieldText] = {
    name: FieldText(name, _FROM_COMMERCE7.get(name, ""))
    for name in EventName
    if name not in _FROM_WEBSITE
}
WEBSITE_EVENTS: Mapping[EventName, FieldText] = {
    name: FieldText(name, hint) for name, hint in _FROM_WEBSITE.items()
}
CHANNELS: Mapping[Channel, FieldText] = {
    Channel.WEB: FieldText("Web", "Orders from your online shop."),
    Channel.POS: FieldText("POS", "Tasting-room sales."),
    Channel.PHONE: FieldText("Inbound", "Phone and mail orders that your staff enters."),
    Channel.CLUB: FieldText("Club", "Shipments to club members."),
}
CHOICES: Mapping[str, Mapping[str, FieldText]] = {
    "value_rule": {
        "total": FieldText("Order total", "Includes shipping and tax, not tips."),
        "subtotal": FieldText("Subtotal", "Products only."),
    },
    "content_id": {
        "sku": FieldText("SKU", "Used by most catalog feeds."),
        "variant": FieldText("Variant ID", "Commerce7's ID for one size, for example 750 ml."),
        "product": FieldText("Product ID", "Commerce7's ID for the wine."),
    },
    "consent_mode": {
        "off": FieldText("Send for every shopper", "For websites without a consent banner."),
        "required": FieldText(
            "Respect refusals",
            "Website events are sent only after a shopper accepts your consent banner. "
            "If they decline, their order is not sent either.",
        ),
    },
    "report": {
        "off": FieldText("No report", "The Overview shows the same figures."),
        "weekly": FieldText("Every week", "Sent on Monday at 7 a.m., for the week before."),
        "monthly": FieldText(
            "Every month", "Sent on the first of the month at 7 a.m., for the month before."
        ),
    },
}
FIELDS: Mapping[str, str] = {
    "primary_pixel_id": "Primary pixel: Pixel ID",
    "primary_token": "Primary pixel: Access Token",
    "secondary_pixel_id": "Secondary pixel: Pixel ID",
    "secondary_token": "Secondary pixel: Access Token",
    "test_event_code": "Test Event Code",
    "currency": "Currency",
    "timezone": "Time zone",
    "value_rule": "Value of a Purchase",
    "content_id": "Product IDs",
    "consent_mode": "Consent of shoppers",
    "shop_domains": "Shop domains",
    "retention_days": "Days to keep the Event Log",
    "alert_email": "E-mail for alerts",
    "report": "Report by e-mail",
}
"""The label of each field that can be wrong, in the page's order, for the summary of faults."""

SECTIONS: Mapping[str, str] = {
    "pixels": "Meta pixels",
    "tracking": "Tracking",
    "shop": "Shop and values",
    "privacy": "Privacy",
    "testing": "Testing",
    "website": "Website",
    "log": "Log and alerts",
    "webhooks": "Data from Commerce7",
    "changes": "Changes",
}
"""The page's sections in their order: the id of each, and its name in the menu."""

SETTINGS: Mapping[str, str] = {
    "enabled": "Server-side tracking",
    "ldu_other_states": "Limited Data Use in 13 more states",
    "checkout_email": "E-mail address from the checkout",
    "remember_clicks": "Ad clicks of known customers",
    "pixels.primary.id": "Primary pixel",
    "pixels.secondary.id": "Secondary pixel",
    "pixels.primary.token": "Primary access token",
    "pixels.secondary.token": "Secondary access token",
    **{name: FIELDS[name] for name in list(FIELDS)[4:]},
    "retention_days": "Days to keep the Event Log",
    LOG: "Event Log",
}
"""The label of each setting in the list of changes; events and channels have none."""


def silence_text(silence: Unwanted | None) -> str:
    """Return why the snippet reports nothing, and what to do; empty where it reports something."""
    if silence is None:
        return ""
    if silence.switch is Switch.EVERYTHING:
        return "Server-side tracking is off, so no website events are sent. Turn it on above."
    if silence.switch is Switch.EVENT:
        return "All four website events are off. Turn on the ones you want to send."
    return "There is no pixel yet, so no website events are sent. Enter one above."

"""Labels and hints of the Configuration tab's switches, choices and fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.events.event import EventName
from service.domain.events.reason import Switch
from service.domain.shop.order import Channel
from service.domain.tenants.audit import LOG
from service.domain.tenants.wanted import Unwanted


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field's label, and a sentence on what it does."""

    label: str
    hint: str


_FROM_COMMERCE7: Mapping[EventName, str] = {
    EventName.PURCHASE: "An order is placed, with its value and products.",
    EventName.SUBSCRIBE: "Somebody joins one of your wine clubs.",
    EventName.CANCEL_MEMBERSHIP: "A club membership is cancelled.",
    EventName.LEAD: "A visit or tasting is booked.",
    EventName.COMPLETE_REGISTRATION: "A new customer creates an account.",
}
_FROM_WEBSITE: Mapping[EventName, str] = {
    EventName.PAGE_VIEW: "Somebody opens a page of your website.",
    EventName.VIEW_CONTENT: "Somebody looks at a product.",
    EventName.ADD_TO_CART: "Something is put into the cart.",
    EventName.INITIATE_CHECKOUT: "The checkout is begun.",
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
    Channel.WEB: FieldText("Web", "Orders of your online shop."),
    Channel.POS: FieldText("POS", "Sales of the tasting room's tills."),
    Channel.PHONE: FieldText("Inbound", "Orders that your staff enters, by phone or mail."),
    Channel.CLUB: FieldText("Club", "Shipments to club members."),
}
CHOICES: Mapping[str, Mapping[str, FieldText]] = {
    "value_rule": {
        "total": FieldText("Order total", "With shipping and tax, without tips."),
        "subtotal": FieldText("Subtotal", "The products alone."),
    },
    "content_id": {
        "sku": FieldText("SKU", "What most catalogue feeds use."),
        "variant": FieldText("Variant id", "Commerce7's id of the bottle, the magnum …"),
        "product": FieldText("Product id", "Commerce7's id of the wine."),
    },
    "consent_mode": {
        "off": FieldText("Not asked", "Events are sent for every shopper."),
        "required": FieldText(
            "Respect refusals",
            "Visitors are reported after a yes on your banner; after a no, nor is their order.",
        ),
    },
    "report": {
        "off": FieldText("No report", "The dashboard shows the same figures."),
        "weekly": FieldText("Every week", "On Monday morning, about the week before."),
        "monthly": FieldText("Every month", "On the first, about the month before."),
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
    "content_id": "Product ids",
    "consent_mode": "Consent",
    "shop_domains": "Shop domains",
    "retention_days": "Keep the event log for",
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
    "ldu_other_states": "Limited Data Use in other states",
    "checkout_email": "E-mail address of the checkout",
    "remember_clicks": "Clicks of known customers",
    "pixels.primary.id": "Primary pixel",
    "pixels.secondary.id": "Secondary pixel",
    "pixels.primary.token": "Primary access token",
    "pixels.secondary.token": "Secondary access token",
    **{name: FIELDS[name] for name in list(FIELDS)[4:]},
    "retention_days": "Days in the event log",
    LOG: "Event log",
}
"""The label of each setting in the list of changes; events and channels have none."""


def silence_text(silence: Unwanted | None) -> str:
    """Return why the snippet reports nothing, and what to do; empty where it reports something."""
    if silence is None:
        return ""
    if silence.switch is Switch.EVERYTHING:
        return "Server-side tracking is off, so nothing is reported. Switch it on above."
    if silence.switch is Switch.EVENT:
        return "All four website events are switched off. Switch on those that you want reported."
    return "There is no pixel yet, so nothing from your website is reported. Enter one above."

"""A conversion event, vendor-neutral: what happened, the person (hashed), and the value."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.money import Money
from service.domain.shop.person import Personal


class EventName(StrEnum):
    """The types of event, which a tenant can switch off; the values are Meta's names."""

    PURCHASE = "Purchase"
    SUBSCRIBE = "Subscribe"
    CANCEL_MEMBERSHIP = "CancelMembership"
    LEAD = "Lead"
    COMPLETE_REGISTRATION = "CompleteRegistration"
    PAGE_VIEW = "PageView"
    VIEW_CONTENT = "ViewContent"
    ADD_TO_CART = "AddToCart"
    INITIATE_CHECKOUT = "InitiateCheckout"


WEBSITE_EVENTS = frozenset(
    {
        EventName.PAGE_VIEW,
        EventName.VIEW_CONTENT,
        EventName.ADD_TO_CART,
        EventName.INITIATE_CHECKOUT,
    }
)
"""The events that are made from hits of the storefront's snippet alone."""

OFF_BY_DEFAULT: frozenset[EventName] = frozenset()
"""The events that are sent only where a winery has switched them on."""


class ActionSource(StrEnum):
    """Where a conversion happened (Meta: Server Event Parameters, `action_source`)."""

    WEBSITE = "website"
    PHYSICAL_STORE = "physical_store"
    PHONE_CALL = "phone_call"
    SYSTEM_GENERATED = "system_generated"


EVENT_WINDOW = timedelta(days=7)
"""Meta refuses events older than this, and no personal data is kept any longer (Meta: Using the
API, `event_time`)."""

STORE_WINDOW = timedelta(days=62)
"""The same for events of `physical_store` (Meta: Conversions API for offline events)."""


def window_of(source: ActionSource | None) -> timedelta:
    """Return how old an event from this source may be; the shorter time for an unknown one."""
    return STORE_WINDOW if source is ActionSource.PHYSICAL_STORE else EVENT_WINDOW


class DeliveryCategory(StrEnum):
    """How the goods reach the buyer (Meta: Custom Data Parameters, `delivery_category`)."""

    IN_STORE = "in_store"
    HOME_DELIVERY = "home_delivery"


class Identity(Personal, frozen=True, kw_only=True):
    """The person: SHA-256 hashes in lower-case hex, and the keys that Meta wants unhashed.

    Each hashed key may hold several values, the best first.
    """

    hashed_emails: tuple[str, ...] = ()
    hashed_phones: tuple[str, ...] = ()
    hashed_first_names: tuple[str, ...] = ()
    hashed_last_names: tuple[str, ...] = ()
    hashed_cities: tuple[str, ...] = ()
    hashed_states: tuple[str, ...] = ()
    hashed_postcodes: tuple[str, ...] = ()
    hashed_countries: tuple[str, ...] = ()
    hashed_external_ids: tuple[str, ...] = ()
    ip: str | None = None
    user_agent: str | None = None
    fbc: str | None = None
    fbp: str | None = None
    subscription_id: str | None = None


class Content(Struct, frozen=True, kw_only=True):
    """One product of an event; `unit_price` in minor units of its currency, if it is known."""

    id: str
    quantity: int
    unit_price: int | None
    delivery_category: DeliveryCategory | None = None


class CustomData(Struct, frozen=True, kw_only=True):
    """An event's value, order and products; it identifies no person, so the log may keep it.

    `units` counts all products, also those that are not among the `contents`; `None` in an event
    of an older release.
    """

    value: Money | None = None
    order_id: str | None = None
    contents: tuple[Content, ...] = ()
    units: int | None = None

    @property
    def num_items(self) -> int:
        """Return how many units were bought (Meta: Custom Data Parameters, `num_items`)."""
        return sum(each.quantity for each in self.contents) if self.units is None else self.units

    def priced_in(self, currency: str | None) -> "CustomData":
        """Return the data with this currency, unless it has one already."""
        if self.value is None or not self.lacks_currency:
            return self
        return replace(self, value=replace(self.value, currency=currency))

    @property
    def lacks_currency(self) -> bool:
        """Tell whether there is an amount that cannot be sent until its currency is known."""
        return self.value is not None and self.value.currency is None


class DataUse(Struct, frozen=True, kw_only=True):
    """The Limited Data Use choice of one event and the rule that led to it.

    `country` and `state` are Meta's codes (Meta: Data Processing Options); without `limited`
    they are not sent.
    """

    limited: bool = False
    country: int = 0
    state: int = 0
    rule: str = "none"


class Event(Personal, frozen=True, kw_only=True):
    """One event; its `event_id` never changes and is the same for every pixel.

    `page` is the plain name (`checkout`) of the storefront's page, for an event on the web. Its
    address, `source_url`, is `None` until the shop's address is known. `referrer_url` is the origin
    of the page before it.
    """

    name: EventName
    event_id: str
    occurred_at: datetime
    action_source: ActionSource
    page: str | None = None
    source_url: str | None = None
    referrer_url: str | None = None
    identity: Identity
    custom: CustomData = CustomData()
    data_use: DataUse = DataUse()

    @property
    def lacks_address(self) -> bool:
        """Tell whether it cannot be sent until the shop's address is known.

        Meta requires `event_source_url` of website events (Meta: Server Event Parameters).
        """
        return self.action_source is ActionSource.WEBSITE and self.source_url is None

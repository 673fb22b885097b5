"""Test events that a merchant sends by hand: of an invented person, and worth one unit of money."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from service.domain.events.event import ActionSource, Content, CustomData, Event, EventName
from service.domain.events.identify import identify
from service.domain.events.money import Money
from service.domain.shop.person import Address, ClientInfo, Customer, Person
from service.domain.tenants.tenant import Role, TenantSettings

FALLBACK_CURRENCY = "USD"
FALLBACK_HOST = "example.com"
"""The currency and host of a test event while the shop's are unknown; a real event waits."""

_VALUE = 100
_PRODUCT = "1pixel-test"
_WEBSITE, _SYSTEM = ActionSource.WEBSITE, ActionSource.SYSTEM_GENERATED

# The commonest source of the real event: the web for an order or visit, else the system.
_SOURCES: Mapping[EventName, ActionSource] = MappingProxyType(
    {
        EventName.PURCHASE: _WEBSITE,
        EventName.SUBSCRIBE: _SYSTEM,
        EventName.CANCEL_MEMBERSHIP: _SYSTEM,
        EventName.LEAD: _WEBSITE,
        EventName.COMPLETE_REGISTRATION: _SYSTEM,
        EventName.PAGE_VIEW: _WEBSITE,
        EventName.VIEW_CONTENT: _WEBSITE,
        EventName.ADD_TO_CART: _WEBSITE,
        EventName.INITIATE_CHECKOUT: _WEBSITE,
    }
)
_WITH_VALUE = frozenset(
    {
        EventName.PURCHASE,
        EventName.VIEW_CONTENT,
        EventName.ADD_TO_CART,
        EventName.INITIATE_CHECKOUT,
    }
)
# Invented: RFC 2606 reserves the domain, and there is no IP address or phone number.
_TEST_PERSON = Person(
    customer=Customer(
        id="1pixel-test-customer",
        emails=("vera.fictional@example.com",),
        address=Address(
            first_name="Vera",
            last_name="Fictional",
            city="Exampleville",
            state="OH",
            postcode="44101",
            country="US",
        ),
    ),
    connection=ClientInfo(user_agent="Mozilla/5.0 (compatible; 1Pixel test event)"),
)


def simulated(name: EventName, *, event_id: str, settings: TenantSettings, now: datetime) -> Event:
    """Return a test event like a real one of this winery, but with an invented person."""
    source = _SOURCES.get(name, _SYSTEM)
    is_seen_online = source is _WEBSITE
    event = Event(
        name=name,
        event_id=event_id,
        occurred_at=now,
        action_source=source,
        source_url=f"https://{settings.shop_host or FALLBACK_HOST}/" if is_seen_online else None,
        identity=identify(_TEST_PERSON, is_seen_online=is_seen_online),
    )
    return replace(event, custom=_custom(name, event_id=event_id, settings=settings))


def counts_at_secondary(settings: TenantSettings) -> bool:
    """Tell whether a test purchase goes to the secondary pixel too, where it counts as real."""
    return Role.SECONDARY in settings.roles()


def _custom(name: EventName, *, event_id: str, settings: TenantSettings) -> CustomData:
    if name not in _WITH_VALUE:
        return CustomData()
    return CustomData(
        value=Money(minor=_VALUE, currency=settings.currency or FALLBACK_CURRENCY),
        order_id=event_id if name is EventName.PURCHASE else None,
        contents=(Content(id=_PRODUCT, quantity=1, unit_price=_VALUE),),
    )

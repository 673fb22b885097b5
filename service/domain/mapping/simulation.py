"""Test events that a merchant sends by hand: of an invented person, and worth one unit of money."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.events.event import ActionSource, Content, CustomData, Event, EventName
from service.domain.events.identify import identify
from service.domain.events.money import MINOR_UNITS, Money
from service.domain.mapping.table import RULES
from service.domain.shop.person import Address, ClientInfo, Customer, Person
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Role, TenantSettings

FALLBACK_CURRENCY = "USD"
FALLBACK_HOST = "example.com"
"""The currency and host of a test event while the shop's are unknown; a real event waits."""

_VALUE = MINOR_UNITS
_PRODUCT = "1pixel-test"
_WEBSITE, _SYSTEM = ActionSource.WEBSITE, ActionSource.SYSTEM_GENERATED
# The commonest source of these objects' events; events without a rule are the website's own.
_MADE_ONLINE = frozenset({None, ObjectKind.ORDER, ObjectKind.RESERVATION})
_BROWSED = frozenset({EventName.VIEW_CONTENT, EventName.ADD_TO_CART, EventName.INITIATE_CHECKOUT})
_KINDS = {rule.name: rule.kind for rule in RULES}
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
    source = _WEBSITE if _KINDS.get(name) in _MADE_ONLINE else _SYSTEM
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
    is_of_order = _KINDS.get(name) is ObjectKind.ORDER
    if not (is_of_order or name in _BROWSED):
        return CustomData()
    return CustomData(
        value=Money(minor=_VALUE, currency=settings.currency or FALLBACK_CURRENCY),
        order_id=event_id if is_of_order else None,
        contents=(Content(id=_PRODUCT, quantity=1, unit_price=_VALUE),),
    )

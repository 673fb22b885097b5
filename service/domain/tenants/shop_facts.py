"""What an event needs to know of its shop before it can be sent. Pure.

Meta requires the currency of each value (Meta: Custom Data Parameters, `currency`) and the page of
each website event (Meta: Server Event Parameters, `event_source_url`). Neither is in a webhook.
"""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.delivery import Wait
from service.domain.events.event import Event
from service.domain.events.reason import Reason
from service.domain.tenants.tenant import Tenant, TenantSettings


class ShopFact(Struct, frozen=True):
    """A fact of the shop that events may wait for, and the reason that their rows then show."""

    wait: Wait
    reason: Reason


CURRENCY = ShopFact(Wait.CURRENCY, Reason.CURRENCY_UNKNOWN)
ADDRESS = ShopFact(Wait.ADDRESS, Reason.ADDRESS_UNKNOWN)


def with_shop_facts(event: Event, tenant: Tenant) -> Event:
    """Return the event with the shop's currency and its page's address, as far as they are known.

    What the event has already stays as it is.
    """
    custom = event.custom.priced_in(tenant.settings.currency)
    url = _page_address(event.page, tenant) if event.lacks_address else event.source_url
    if custom is event.custom and url == event.source_url:
        return event
    return replace(event, custom=custom, source_url=url)


def missing_fact(event: Event) -> ShopFact | None:
    """Return the fact that the event waits for; `None` if it can be sent."""
    if event.custom.lacks_currency:
        return CURRENCY
    return ADDRESS if event.lacks_address else None


def unknown_facts(settings: TenantSettings) -> Sequence[ShopFact]:
    """Return the facts that neither the winery nor its shop has told."""
    known = {CURRENCY: settings.currency, ADDRESS: settings.shop_host}
    return [fact for fact, value in known.items() if value is None]


def awaited_facts(tenant: Tenant) -> Sequence[ShopFact]:
    """Return the unknown facts that some event of the winery has begun to wait for."""
    waits = {kind.partition(":")[2] for kind in tenant.recheck.kinds}
    return [fact for fact in unknown_facts(tenant.settings) if fact.wait in waits]


def _page_address(page: str | None, tenant: Tenant) -> str | None:
    """Return the address of the storefront's page, or of its home page if that has no name.

    The visitor's own address is not used, because its query may hold personal data.
    """
    host = tenant.settings.shop_host
    if host is None:
        return None
    routes = tenant.shop.routes if tenant.shop else {}
    return _address(host, routes.get(page or "", ""))


@lru_cache(maxsize=1000)  # of shops' own pages, never of visitors
def _address(host: str, path: str) -> str:
    return f"https://{host}/{quote(path)}"

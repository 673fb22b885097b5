"""Read what is known of the storefront's snippet: where it runs, what comes, what is refused."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord
from service.domain.shop.time_zone import start_of_day
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.snippet_sites import SnippetSite
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import Unwanted, why_unwanted
from service.ports import Services

MOST_HITS = 10
"""How many of the newest hits a test of the snippet shows."""


class SnippetState(Struct, frozen=True, kw_only=True):
    """What is known of a winery's snippet.

    `sites` are those that carry it, the newest first; `pages_today` counts the page views since
    midnight in the winery's time zone. `refused` are sites that carry it and are no shop domain.
    `silence` is why it reports nothing, where no website event is wanted.
    """

    sites: Sequence[SnippetSite]
    pages_today: int
    refused: Sequence[RefusedOrigin]
    silence: Unwanted | None


def read_snippet(tenant: Tenant, *, services: Services) -> SnippetState:
    """Return what is known of the tenant's snippet.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    sites = tenant.progress.snippet_sites
    today = start_of_day(services.clock(), tenant.settings.timezone)
    page_views = LogView(show=Show.WEBSITE, event=EventName.PAGE_VIEW, since=today)
    return SnippetState(
        sites=sites,
        pages_today=services.events.count_in(tenant.id, page_views) if sites else 0,
        refused=refused_sites(tenant, services=services),
        silence=_silence(tenant),
    )


def refused_sites(tenant: Tenant, *, services: Services) -> Sequence[RefusedOrigin]:
    """Return the sites whose hits were refused, and still would be, the newest first.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    origins = services.browser_signals.refused_origins(tenant.id)
    return [each for each in origins if not tenant.settings.is_shop_host(each.host)]


def hits_since(tenant_id: str, since: datetime, *, services: Services) -> Sequence[EventRecord]:
    """Return the newest website events that were received since then.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    view = LogView(show=Show.WEBSITE, since=since)
    found = services.events.page(tenant_id, view, after=None, limit=MOST_HITS)
    return [each.record for each in found]


def _silence(tenant: Tenant) -> Unwanted | None:
    """Return why no website event is wanted; `None` if one is."""
    reasons = [why_unwanted(tenant, name) for name in EventName if name in WEBSITE_EVENTS]
    return reasons[0] if all(reasons) else None

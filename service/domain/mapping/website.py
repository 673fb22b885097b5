"""When a hit of the storefront's snippet is an event."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from service.domain.events.event import (
    ActionSource,
    Content,
    CustomData,
    DataUse,
    Event,
    EventName,
    Identity,
)
from service.domain.events.match_keys import is_matchable
from service.domain.events.money import Money
from service.domain.identity import hashed, normalize_external_id, public_ip
from service.domain.mapping.hit import Hit, Visitor
from service.domain.tenants.shop_facts import with_shop_facts
from service.domain.tenants.tenant import Tenant, host_of
from service.domain.tenants.wanted import why_unwanted

CAMPAIGN_KEYS = frozenset(
    {
        *("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id"),
        *("fbclid", "gclid", "gbraid", "wbraid", "msclkid", "ttclid"),
    }
)
"""The keys of an address's query that are kept; all others may hold personal data."""

ONE_CHECKOUT_SECONDS = 600
"""For how long a browser's checkout is one."""

_LATE = timedelta(hours=1)
_LONGEST_ADDRESS = 1000
# Meta locates the visitor by the IP address (Meta: Data Processing Options).
_BY_IP = DataUse(limited=True, rule="website visitor, located by Meta")


def website_event(hit: Hit, visitor: Visitor, *, tenant: Tenant, now: datetime) -> Event | None:
    """Return the hit's event; `None` if it is not wanted, not on the shop's site, or unmatchable.

    A time that is more than an hour in the past, or in the future, is a wrong clock's: the event
    has happened now.
    """
    address = page_address(hit.url, tenant=tenant)
    if address is None or why_unwanted(tenant, hit.name):
        return None
    identity = identity_of(visitor)
    if not is_matchable(identity):
        return None
    event = Event(
        name=hit.name,
        event_id=hit.id,
        occurred_at=hit.at if now - _LATE <= hit.at <= now else now,
        action_source=ActionSource.WEBSITE,
        source_url=address,
        referrer_url=_other_site(hit.referrer, tenant=tenant),
        identity=identity,
        custom=_custom(hit),
        data_use=_BY_IP,
    )
    return with_shop_facts(event, tenant)


def action_of(event: Event) -> str:
    """Return the name of the action that the event tells of; another with the same is a repeat.

    A checkout may be told of by one page, whose button was pressed, and by the next, which is the
    checkout. The snippet stores nothing from page to page, so the two are one by the browser's id
    and the time, in steps of `ONE_CHECKOUT_SECONDS`.
    """
    if event.name is EventName.INITIATE_CHECKOUT and event.identity.fbp:
        step = int(event.occurred_at.timestamp()) // ONE_CHECKOUT_SECONDS
        return f"{event.identity.fbp} {step}"
    return event.event_id


def identity_of(visitor: Visitor) -> Identity:
    """Return the visitor as Meta is told of them."""
    customer_id = normalize_external_id(visitor.customer_id or "")
    return Identity(
        hashed_emails=(visitor.hashed_email,) if visitor.hashed_email else (),
        hashed_external_ids=(hashed(customer_id),) if customer_id else (),
        ip=public_ip(visitor.ip),
        user_agent=visitor.user_agent,
        fbc=visitor.fbc,
        fbp=visitor.fbp,
    )


def page_address(url: str, *, tenant: Tenant) -> str | None:
    """Return the page's address without personal data; `None` if it is no page of the shop.

    A part of the path that looks like an e-mail address is replaced by a dash.
    """
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query)
    except ValueError:
        return None
    is_page = parts.scheme in {"https", "http"} and parts.hostname
    if not is_page or not tenant.settings.is_shop_host(parts.hostname or ""):
        return None
    marks = [pair for pair in query if pair[0] in CAMPAIGN_KEYS and not _holds_email(pair[1])]
    kept = urlencode(marks)
    host = parts.netloc.rpartition("@")[2]
    steps = (parts.path or "/").split("/")
    path = "/".join("-" if _holds_email(each) else each for each in steps)
    bare = urlunsplit((parts.scheme, host, path, "", ""))[:_LONGEST_ADDRESS]
    whole = f"{bare}?{kept}"
    return whole if kept and len(whole) <= _LONGEST_ADDRESS else bare


def _holds_email(text: str) -> bool:
    before, _, after = text.replace("%40", "@").partition("@")
    return bool(before) and "." in after


def _other_site(origin: str | None, *, tenant: Tenant) -> str | None:
    """Return the origin, unless it is the shop's own."""
    host = host_of(origin) if origin else None
    return origin if host and not tenant.settings.is_shop_host(host) else None


def _custom(hit: Hit) -> CustomData:
    value = hit.value
    if value is None and hit.products and all(each.price is not None for each in hit.products):
        value = sum((each.price or 0) * each.quantity for each in hit.products)
    return CustomData(
        value=Money(minor=value, currency=hit.currency) if value else None,
        contents=tuple(
            Content(id=each.id, quantity=each.quantity, unit_price=each.price)
            for each in hit.products
        ),
        # Meta: Custom Data Parameters, `num_items`: of these events for InitiateCheckout alone.
        units=None if hit.name is EventName.INITIATE_CHECKOUT else 0,
    )

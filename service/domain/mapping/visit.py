"""A visit of the storefront, and by what later events are joined to it."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from service.domain.events.browser_signal import BrowserSignal
from service.domain.events.event import EventName, Identity
from service.domain.identity import hashed, normalize_external_id, public_ip
from service.domain.mapping.hit import Beacon, Visitor
from service.domain.tenants.tenant import Tenant

CAMPAIGN_KEYS = frozenset(
    {
        *("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id"),
        *("fbclid", "gclid", "gbraid", "wbraid", "msclkid", "ttclid"),
    }
)
"""The keys of an address's query that are kept; all others may hold personal data."""

_LONGEST_ADDRESS = 1000


class Visit(Struct, frozen=True, kw_only=True):
    """A beacon with its visitor as Meta is told of them.

    `pages` are the addresses of the hits' pages, `None` for what is no page of the shop.
    """

    __repr__ = object.__repr__

    beacon: Beacon
    identity: Identity
    pages: tuple[str | None, ...]


def visit_of(beacon: Beacon, *, tenant: Tenant) -> Visit:
    """Return the visit that the beacon tells of."""
    return Visit(
        beacon=beacon,
        identity=_identity(beacon.visitor),
        pages=tuple(page_address(each.url, tenant=tenant) for each in beacon.hits),
    )


def signal_of(visit: Visit, *, now: datetime) -> BrowserSignal | None:
    """Return the visit's signal; `None` if no order could be joined by it.

    That is one of a visitor without a cart, an order, a name or a begun checkout.
    """
    beacon, identity = visit.beacon, visit.identity
    if beacon.is_objection:
        return _of_no_person(beacon, now=now)
    has_begun = any(each.name is EventName.INITIATE_CHECKOUT for each in beacon.hits)
    hashed_email = next(iter(identity.hashed_emails), None)
    hashed_customer_id = next(iter(identity.hashed_external_ids), None)
    if not (has_begun or beacon.cart_id or beacon.order_id or hashed_email or hashed_customer_id):
        return None
    return BrowserSignal(
        seen_at=now,
        cart_id=beacon.cart_id and beacon.cart_id.lower(),
        order_number=beacon.order_id and beacon.order_id.lower(),
        fbc=identity.fbc,
        fbp=identity.fbp,
        ip=identity.ip,
        user_agent=identity.user_agent,
        hashed_email=hashed_email,
        hashed_customer_id=hashed_customer_id,
        page_url=next(filter(None, visit.pages), None),
        checkout_at=now if has_begun else None,
    )


def _of_no_person(beacon: Beacon, *, now: datetime) -> BrowserSignal | None:
    if beacon.cart_id is None:
        return None
    return BrowserSignal(
        seen_at=now,
        cart_id=beacon.cart_id.lower(),
        has_privacy_signal=beacon.has_privacy_signal,
        is_refused=beacon.is_refused,
    )


def _identity(visitor: Visitor) -> Identity:
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

"""The body of the snippet's requests (snippet/ARCHITECTURE.md). Pure.

Anyone can send one, so everything in it is bounded, and what is not as expected is left out.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.identity import browser_id
from service.domain.identity.hashing import is_sha256
from service.domain.mapping.hit import Beacon, Hit, HitProduct, Visitor
from service.domain.tenants.snippet_sites import OtherPixel
from service.domain.tenants.tenant import is_tenant_id

MOST_HITS = 5
"""Of one beacon. The snippet sends three at most; what is beyond that is a stranger's."""

_MOST_PRODUCTS = 50
_MINOR_UNITS = 100
# The value of `pixel` (snippet/ARCHITECTURE.md).
_OWN_PURCHASE = 2
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")

_Price = Annotated[float, Meta(ge=0, le=10_000_000)]


class _ProductBody(msgspec.Struct, frozen=True):
    id: Annotated[str, Meta(min_length=1, max_length=100)]
    quantity: Annotated[int, Meta(ge=1, le=10_000)] = 1
    price: _Price | None = None


class _HitBody(msgspec.Struct, frozen=True):
    name: EventName
    # A UUID of the snippet's, or the id under which the shop's own pixel tells Meta of it. There is
    # none if that pixel told of it without one, so that ours would count twice.
    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z")]
    at: Annotated[int, Meta(ge=0, le=4_102_444_800_000)]
    url: Annotated[str, Meta(max_length=4000)]
    referrer: str | None = None
    products: Annotated[list[_ProductBody], Meta(max_length=_MOST_PRODUCTS)] = []
    value: _Price | None = None
    currency: str | None = None


_HIT = msgspec.json.Decoder(_HitBody)


def parse_beacon(body: bytes, *, ip: str, user_agent: str) -> Beacon | None:
    """Return the beacon in these bytes; `None` if it names no tenant."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    tenant_id = document.get("tenant") if isinstance(document, dict) else None
    if not isinstance(tenant_id, str) or not is_tenant_id(tenant_id):
        return None
    has_signal, is_refused = document.get("gpc") is True, document.get("refused") is True
    is_anonymous = has_signal or is_refused
    return Beacon(
        tenant_id=tenant_id,
        hits=() if is_anonymous else _hits(document.get("events")),
        visitor=Visitor() if is_anonymous else _visitor(document, ip=ip, user_agent=user_agent),
        cart_id=_text(document.get("cart"), _ID),
        order_id=_text(document.get("order"), _ID),
        has_privacy_signal=has_signal,
        is_refused=is_refused,
        other_pixel=_other_pixel(document.get("pixel")),
    )


def _other_pixel(told: object) -> OtherPixel:
    if told == _OWN_PURCHASE:
        return OtherPixel.OWN_PURCHASE
    return OtherPixel.BESIDE if told else OtherPixel.NONE


def _visitor(document: dict[str, Any], *, ip: str, user_agent: str) -> Visitor:
    return Visitor(
        ip=ip,
        user_agent=user_agent or None,
        fbc=browser_id(document.get("fbc")),
        fbp=browser_id(document.get("fbp")),
        hashed_email=_hash(document.get("email")),
        customer_id=_text(document.get("customer"), _ID),
    )


def _hits(listed: object) -> tuple[Hit, ...]:
    every = listed[:MOST_HITS] if isinstance(listed, list) else []
    hits = [hit for each in every if (hit := _hit(each))]
    return tuple({hit.id: hit for hit in hits}.values())


def _hit(document: object) -> Hit | None:
    try:
        hit = _HIT.decode(msgspec.json.encode(document))
    except msgspec.ValidationError:
        return None
    if hit.name not in WEBSITE_EVENTS:
        return None
    return Hit(
        name=hit.name,
        id=hit.id,
        at=datetime.fromtimestamp(hit.at / 1000, UTC),
        url=hit.url,
        referrer=_text(hit.referrer, _ORIGIN),
        products=tuple(
            HitProduct(id=each.id, quantity=each.quantity, price=_minor(each.price))
            for each in hit.products
        ),
        value=_minor(hit.value),
        currency=_text((hit.currency or "").upper(), _CURRENCY),
    )


def _minor(amount: float | None) -> int | None:
    return None if amount is None else round(amount * _MINOR_UNITS)


def _hash(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and is_sha256(value) else None


def _text(value: object, pattern: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None

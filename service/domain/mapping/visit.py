"""What a beacon tells of a visit, by which later events are joined to it."""

from datetime import datetime

from service.domain.events.browser_signal import BrowserSignal
from service.domain.events.event import EventName
from service.domain.mapping.hit import Beacon
from service.domain.mapping.website import identity_of, page_address
from service.domain.tenants.tenant import Tenant


def signal_of(beacon: Beacon, *, tenant: Tenant, now: datetime) -> BrowserSignal | None:
    """Return the beacon's signal; `None` if no order could be joined by it.

    That is one of a visitor without a cart, an order, a name or a begun checkout.
    """
    if beacon.is_objection:
        return _of_no_person(beacon, now=now)
    identity = identity_of(beacon.visitor)
    has_begun = any(each.name is EventName.INITIATE_CHECKOUT for each in beacon.hits)
    pages = (page_address(each.url, tenant=tenant) for each in beacon.hits)
    signal = BrowserSignal(
        seen_at=now,
        cart_id=beacon.cart_id and beacon.cart_id.lower(),
        order_number=beacon.order_id and beacon.order_id.lower(),
        fbc=identity.fbc,
        fbp=identity.fbp,
        ip=identity.ip,
        user_agent=identity.user_agent,
        hashed_email=next(iter(identity.hashed_emails), None),
        hashed_customer_id=next(iter(identity.hashed_external_ids), None),
        page_url=next((page for page in pages if page), None),
        checkout_at=now if has_begun else None,
    )
    ids = (signal.cart_id, signal.order_number, signal.hashed_email, signal.hashed_customer_id)
    return signal if has_begun or any(ids) else None


def _of_no_person(beacon: Beacon, *, now: datetime) -> BrowserSignal | None:
    if beacon.cart_id is None:
        return None
    return BrowserSignal(
        seen_at=now,
        cart_id=beacon.cart_id.lower(),
        has_privacy_signal=beacon.has_privacy_signal,
        is_refused=beacon.is_refused,
    )

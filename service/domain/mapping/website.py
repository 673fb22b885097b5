"""When a hit of the storefront's snippet is an event."""

from datetime import datetime, timedelta

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
from service.domain.mapping.hit import Hit
from service.domain.mapping.visit import Visit
from service.domain.tenants.shop_facts import with_shop_facts
from service.domain.tenants.tenant import Tenant, host_of
from service.domain.tenants.wanted import why_unwanted

ONE_CHECKOUT_SECONDS = 600
"""For how long a browser's checkout is one."""

_LATE = timedelta(hours=1)
# Meta locates the visitor by the IP address (Meta: Data Processing Options).
_BY_IP = DataUse(limited=True, rule="website visitor, located by Meta")


def website_events(visit: Visit, *, tenant: Tenant, now: datetime) -> list[Event]:
    """Return the events of the visit's hits, without those that are unwanted or not on the site.

    There are none if nothing tells Meta who the visitor is. A time that is more than an hour in the
    past, or in the future, is a wrong clock's: the event has happened now.
    """
    if not is_matchable(visit.identity):
        return []
    return [
        _event(hit, address, visit.identity, tenant=tenant, now=now)
        for hit, address in zip(visit.beacon.hits, visit.pages, strict=True)
        if address and not why_unwanted(tenant, hit.name)
    ]


def _event(hit: Hit, address: str, identity: Identity, *, tenant: Tenant, now: datetime) -> Event:
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

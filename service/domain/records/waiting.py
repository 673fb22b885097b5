"""Whether a parked delivery may go on. Pure."""

from collections.abc import Collection
from datetime import datetime

from service.domain.delivery.circuit_breaker import Breaker, BreakerState
from service.domain.delivery.delivery import Delivery, Wait
from service.domain.records.record import EventRecord
from service.domain.tenants.shop_facts import unknown_facts
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.domain.tenants.wanted import why_unwanted

_FOR_PIXEL = frozenset({Wait.TOKEN, Wait.PACE, Wait.VENDOR})


def may_go_on(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery is parked and should be attempted now.

    An event that is no longer wanted goes on too: the attempt closes its delivery.
    """
    delivery = record.deliveries[role]
    if delivery.waits_for is None:
        return False
    if why_unwanted(tenant, record.name, channel=record.channel, role=role):
        return True
    if delivery.waits_for in _FOR_PIXEL:
        return is_rested(delivery, now=now) and not tenant.breaker(role).stops(delivery)
    return _may_have_come(delivery.waits_for, role, tenant)


def kinds_of(record: EventRecord) -> set[str]:
    """Return what the record's deliveries wait for, each with its role (`primary:token`)."""
    deliveries = record.deliveries.items()
    return {f"{role}:{each.waits_for}" for role, each in deliveries if each.waits_for}


def any_may_go_on(tenant: Tenant) -> bool:
    """Tell whether any of the winery's waiting deliveries may go on.

    This needs only the recheck's `kinds`, before the deliveries are read. `False` is certain.
    """
    known = (kind.partition(":") for kind in tenant.recheck.kinds)
    return any(_may_have_come(Wait(wait), Role(role), tenant) for role, _, wait in known)


def _may_have_come(wait: Wait, role: Role, tenant: Tenant) -> bool:
    match wait:
        case Wait.CURRENCY | Wait.ADDRESS:
            return wait not in {fact.wait for fact in unknown_facts(tenant.settings)}
        case Wait.INSTALLATION:
            return tenant.installation.doubt is None
        case Wait.VENDOR:
            return tenant.breaker(role).is_working
        case Wait.TOKEN | Wait.PACE:
            # A failing pixel stops slow retries only; these may still be in their first run.
            return tenant.breaker(role).state in {BreakerState.WORKING, BreakerState.FAILING}


def is_rested(delivery: Delivery, *, now: datetime) -> bool:
    """Tell whether the delivery's own pause is over; only slow retries have one (an hour)."""
    return delivery.waits_for is not Wait.VENDOR or delivery.is_open(now)


def probes(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery can be the probe of its stopped pixel."""
    delivery = record.deliveries[role]
    waits_for_pixel = delivery.waits_for in _FOR_PIXEL
    return waits_for_pixel and is_rested(delivery, now=now) and tenant.breaker(role).stops(delivery)


def may_let_go(before: Tenant, after: Tenant) -> bool:
    """Tell whether a waiting delivery may go on after this change of its winery.

    The settings include the shop's public settings. A new token renews the pixel's breaker.
    """
    return (
        before.settings != after.settings
        or before.installation.state is not after.installation.state
        or any(_lets_go(before.breaker(role), after.breaker(role)) for role in Role)
    )


def _lets_go(before: Breaker, after: Breaker) -> bool:
    is_closed = after.is_working and not before.is_working
    return is_closed or (after.is_renewed and before.renewed_at != after.renewed_at)


def waits_for_change(
    record: EventRecord,
    before: TenantSettings,
    after: TenantSettings,
    *,
    renewed: Collection[Role],
) -> bool:
    """Tell whether the record waits for what this change of its winery's settings brings.

    That is a fact of the shop, or a token for one of the `renewed` pixels.
    """
    unknown = {fact.wait for fact in unknown_facts(after)}
    brought = {fact.wait for fact in unknown_facts(before)} - unknown
    return any(
        each.waits_for in brought or (each.waits_for is Wait.TOKEN and role in renewed)
        for role, each in record.deliveries.items()
    )

"""Whether what a parked delivery waits for has come. Pure."""

from dataclasses import replace
from datetime import datetime

from service.domain.breaker import Breaker, to_be_released
from service.domain.delivery import Delivery, Wait
from service.domain.installation import InstallState
from service.domain.record import EventRecord
from service.domain.tenant import Role, Tenant

_FOR_PIXEL = frozenset({Wait.TOKEN, Wait.PACE, Wait.VENDOR})


def may_go_on(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery is parked and should be attempted now.

    An attempt is also how it learns that nobody wants it any more.
    """
    delivery, settings = record.deliveries[role], tenant.settings
    if delivery.waits_for is None:
        return False
    if not (settings.sends(record.name) and settings.pixel_of(role)):
        return True
    match delivery.waits_for:
        case Wait.CURRENCY:
            return settings.currency is not None
        case Wait.INSTALLATION:
            return tenant.installation.state is not InstallState.HELD
        case Wait.TOKEN | Wait.PACE | Wait.VENDOR:
            return is_rested(delivery, now=now) and not tenant.breaker(role).stops(delivery)


def is_rested(delivery: Delivery, *, now: datetime) -> bool:
    """Tell whether the delivery's own pause is over: that of one whose run failed is an hour."""
    return delivery.waits_for is not Wait.VENDOR or delivery.is_open(now)


def may_go_at_once(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery may go on now, be it as its pixel's probe."""
    if may_go_on(record, role, tenant, now=now):
        return True
    return tenant.breaker(role).lets_probe(now) and probes(record, role, tenant, now=now)


def looked_for(breaker: Breaker, delivery: Delivery) -> Breaker:
    """Return the breaker such that somebody comes for the delivery, if it waits for its pixel."""
    if delivery.waits_for not in _FOR_PIXEL:
        return breaker
    if breaker.stops(delivery):
        return replace(breaker, is_watched=True)
    return to_be_released(breaker, at=delivery.not_before) if delivery.not_before else breaker


def probes(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery is one that its stopped pixel can be tried with."""
    delivery = record.deliveries[role]
    waits_for_pixel = delivery.waits_for in _FOR_PIXEL
    return waits_for_pixel and is_rested(delivery, now=now) and tenant.breaker(role).stops(delivery)

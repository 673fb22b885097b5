"""Whether what a parked delivery waits for has come. Pure."""

from datetime import datetime

from service.domain.breaker import Breaker
from service.domain.delivery import Delivery, Wait
from service.domain.installation import InstallState
from service.domain.record import EventRecord
from service.domain.tenant import Role, Tenant
from service.domain.wanted import why_unwanted

_FOR_PIXEL = frozenset({Wait.TOKEN, Wait.PACE, Wait.VENDOR})


def may_go_on(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery is parked and should be attempted now.

    An attempt is also how it learns that nobody wants it any more.
    """
    delivery, settings = record.deliveries[role], tenant.settings
    if delivery.waits_for is None:
        return False
    if why_unwanted(tenant, record.name, channel=record.channel, role=role):
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


def probes(record: EventRecord, role: Role, tenant: Tenant, *, now: datetime) -> bool:
    """Tell whether the role's delivery is one that its stopped pixel can be tried with."""
    delivery = record.deliveries[role]
    waits_for_pixel = delivery.waits_for in _FOR_PIXEL
    return waits_for_pixel and is_rested(delivery, now=now) and tenant.breaker(role).stops(delivery)


def may_let_go(before: Tenant, after: Tenant) -> bool:
    """Tell whether a delivery that waited may go on after this change of its winery.

    The settings include what the shop tells of itself. A new token makes a pixel's breaker anew.
    """
    return (
        before.settings != after.settings
        or before.installation.state is not after.installation.state
        or any(_lets_go(before.breaker(role), after.breaker(role)) for role in Role)
    )


def _lets_go(before: Breaker, after: Breaker) -> bool:
    is_closed = after.is_working and not before.is_working
    return is_closed or (after.is_renewed and before.renewed_at != after.renewed_at)

"""Read and change a pixel's circuit breaker, by compare-and-swap."""

from collections.abc import Collection
from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import (
    Breaker,
    BreakerState,
    half_opened,
    opened,
    probe_requested,
    with_result,
)
from service.domain.delivery.delivery import Delivery
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import NO_DETAILS, Details, Reason
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.ports import Services
from service.usecases.tenants.change_tenant import change_breaker


def stopping_breaker(
    record: EventRecord, role: Role, *, now: datetime, services: Services
) -> Breaker | None:
    """Return the breaker that stops the delivery; `None` if it may be attempted.

    A half-open breaker lets one delivery through as its probe. That delivery stays the probe if it
    asks again, which it does when the other pixel's delivery has written the record in between.

    Raises:
        StoreUnavailableError: nothing is decided; try again.
    """
    delivery = record.deliveries[role]

    def may_go(known: Breaker) -> bool:
        return not known.stops(delivery) or known.probe_key == record.key

    def with_probe(known: Breaker) -> Breaker:
        if may_go(known):
            return known
        if known.lets_probe(now):
            return half_opened(known, record.key, now=now, policy=services.retry)
        return replace(known, is_watched=True)

    updated = change_breaker(record.tenant_id, role, with_probe, now=now, services=services)
    breaker = updated.after.breaker(role) if updated.after else Breaker()
    return None if may_go(breaker) else breaker


def open_breaker(
    record: EventRecord,
    role: Role,
    *,
    state: BreakerState,
    reason: Reason,
    details: Details = NO_DETAILS,
    now: datetime,
    services: Services,
) -> None:
    """Open the breaker for a cause that is known without a request to the vendor."""

    def change(known: Breaker) -> Breaker:
        policy = services.retry
        return opened(known, state, reason, details=details, key=record.key, now=now, policy=policy)

    change_breaker(record.tenant_id, role, change, now=now, services=services)


def record_result(
    record: EventRecord,
    role: Role,
    verdict: Verdict,
    *,
    after: Delivery,
    sealed: str,
    now: datetime,
    services: Services,
) -> None:
    """Record the vendor's answer on the pixel's breaker.

    Nothing is written while the answer changes nothing: the pixel works, or the fault is known.
    """
    tenant = services.tenants.get_cached(record.tenant_id)
    if tenant is None:
        return

    def change(breaker: Breaker) -> Breaker:
        return with_result(breaker, verdict, after, key=record.key, now=now, policy=services.retry)

    if change(tenant.breaker(role)) == tenant.breaker(role):
        return
    is_old = verdict.answer is Answer.TOKEN and (
        services.tenants.sealed_token(tenant.id, role) != sealed
    )
    if not is_old:  # the token may have been replaced since: this answer is not about the new one
        change_breaker(tenant.id, role, change, now=now, services=services)


def request_probe(
    tenant_id: str, *, now: datetime, services: Services, roles: Collection[Role] = tuple(Role)
) -> None:
    """Let stopped pixels be probed at once, since a staff member asks for it.

    A pixel whose vendor asked for a pause is not probed before it ends. The breaker keeps its
    reason until the probe succeeds.

    Raises:
        StoreUnavailableError: the probe may come only at its regular time.
    """
    for role in roles:
        change_breaker(
            tenant_id,
            role,
            lambda known: probe_requested(known, now=now),
            now=now,
            services=services,
        )

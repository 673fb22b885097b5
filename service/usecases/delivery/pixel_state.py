"""Reading and changing what is known of a winery's pixel, beside other changes."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

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
    """Return the breaker that stops the delivery; `None` if it may go, perhaps as the one probe.

    Whose turn it is keeps it: the other pixel's delivery may write the record in between.

    Raises:
        StoreUnavailableError: nothing is decided.
    """
    delivery = record.deliveries[role]

    def may_go(known: Breaker) -> bool:
        return not known.stops(delivery) or known.probe_key == record.key

    def asked(known: Breaker) -> Breaker:
        if may_go(known):
            return known
        if known.lets_probe(now):
            return half_opened(known, record.key, now=now, policy=services.retry)
        return replace(known, is_watched=True)

    updated = change_breaker(record.tenant_id, role, asked, now=now, services=services)
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
    """Open the breaker for something that we know without asking the vendor."""

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
    """Have every delivery of the pixel know what this one was answered.

    Costs nothing while the pixel works, and while it does not, nothing for what is known already.
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
    if not is_old:  # another process may have a newer token: this answer says nothing about that
        change_breaker(tenant.id, role, change, now=now, services=services)


def request_probe(
    tenant_id: str, *, now: datetime, services: Services, roles: Collection[Role] = tuple(Role)
) -> None:
    """Let one delivery try a stopped pixel at once, since a person asks for it.

    Not one that asked for a rest itself. What is known against the pixel stays known.

    Raises:
        StoreUnavailableError: it is tried when its time has come.
    """
    for role in roles:
        change_breaker(
            tenant_id,
            role,
            lambda known: probe_requested(known, now=now),
            now=now,
            services=services,
        )

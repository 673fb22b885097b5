"""Reading and changing what is known of a winery's pixel, whoever else does so meanwhile."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from service.domain.breaker import (
    Breaker,
    BreakerState,
    learnt,
    nudged,
    probing,
    reconnected,
    to_be_released,
    tripped,
)
from service.domain.delivery import Delivery
from service.domain.record import EventRecord
from service.domain.tenant import Role, Tenant
from service.domain.verdict import Answer, Verdict
from service.domain.waiting import looked_for
from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import waiting_task
from service.usecases.watch_alerts import have_alerts_looked_at

_TOKEN_MAY_BE_OLD_FOR = timedelta(minutes=1)


def stopping_breaker(
    record: EventRecord, role: Role, *, now: datetime, services: Services
) -> Breaker | None:
    """Return the breaker that stops the delivery; `None` if it may go, perhaps as the one probe.

    Whose turn it is keeps it: the other pixel's delivery may write the record in between.

    Raises:
        StoreUnavailableError: nothing is decided.
    """
    tenant_id, delivery = record.tenant_id, record.deliveries[role]
    while tenant := services.tenants.find(tenant_id):
        known = tenant.breaker(role)
        if not known.stops(delivery) or known.probe_key == record.key:
            return None
        may_go = known.lets_probe(now)
        after = (
            probing(known, record.key, now=now, policy=services.retry)
            if may_go
            else replace(known, is_watched=True)
        )
        if after == known or services.tenants.replace_breaker(tenant_id, role, after, over=known):
            return None if may_go else after
    return None


def trip(
    tenant_id: str,
    role: Role,
    *,
    state: BreakerState,
    reason: str,
    now: datetime,
    services: Services,
) -> None:
    """Open the breaker for something that we know without asking the vendor."""
    policy = services.retry
    _change(
        tenant_id,
        role,
        lambda breaker: tripped(breaker, state, reason, now=now, policy=policy),
        services=services,
    )


def learn(
    tenant_id: str,
    role: Role,
    verdict: Verdict,
    *,
    after: Delivery,
    sealed: str,
    now: datetime,
    services: Services,
) -> None:
    """Have every delivery of the pixel know what this one was answered.

    Costs nothing while the pixel works.
    """
    tenant = services.tenants.recall(tenant_id)
    if tenant is None:
        return

    def change(breaker: Breaker) -> Breaker:
        return learnt(breaker, verdict, after, now=now, policy=services.retry)

    if change(tenant.breaker(role)) == tenant.breaker(role):
        return
    is_old = verdict.answer is Answer.TOKEN and (
        services.tenants.sealed_token(tenant_id, role) != sealed
    )
    if is_old:  # another process has a newer one: this answer says nothing about that
        at = now + _TOKEN_MAY_BE_OLD_FOR
        _change(tenant_id, role, lambda known: to_be_released(known, at=at), services=services)
    else:
        _change(tenant_id, role, change, services=services)
        if change(tenant.breaker(role)).release_at:
            _have_looked_through(tenant_id, now=now, services=services)


def promise_release(
    tenant_id: str, *, now: datetime, services: Services, roles: Collection[Role] = tuple(Role)
) -> None:
    """Have the waiting deliveries looked through soon, whatever becomes of this process.

    To be written before what they wait for is: whoever dies between that and `release_waiting`
    finds it done already when they are called again, and would not release anything.

    Raises:
        StoreUnavailableError: nothing is changed yet that they wait for.
    """
    at = now + services.retry.requeue_after
    for role in roles:
        _change(tenant_id, role, lambda known: to_be_released(known, at=at), services=services)


def release_waiting(
    tenant_id: str,
    *,
    now: datetime,
    services: Services,
    roles: Collection[Role] = tuple(Role),
    renewed: Collection[Role] = (),
) -> None:
    """Have the waiting deliveries looked through: something that they wait for may have come.

    `renewed` roles have a new token or another pixel, so one of their deliveries may try at once.

    Raises:
        StoreUnavailableError: they look for themselves some hours later.
    """
    for role in roles:

        def change(breaker: Breaker, role: Role = role) -> Breaker:
            known = reconnected(breaker, now=now) if role in renewed else breaker
            return to_be_released(known, at=now)

        _change(tenant_id, role, change, services=services)
    _have_looked_through(tenant_id, now=now, services=services)
    if tenant := services.tenants.recall(tenant_id):  # what it was alerted of may be over
        have_alerts_looked_at(tenant, now=now, services=services)


def try_soon(
    tenant_id: str, *, now: datetime, services: Services, roles: Collection[Role] = tuple(Role)
) -> None:
    """Let one delivery try a stopped pixel at once, since a person asks for it.

    Not one that asked for a rest itself. What is known against the pixel stays known.

    Raises:
        StoreUnavailableError: it is tried when its time has come.
    """
    for role in roles:
        _change(tenant_id, role, lambda known: nudged(known, now=now), services=services)


def have_looked_for(
    record: EventRecord, tenant: Tenant, roles: Collection[Role], *, services: Services
) -> None:
    """Have somebody come for these deliveries that wait for a pixel.

    Costs nothing where that is so already.
    """
    for role in roles:

        def change(breaker: Breaker, role: Role = role) -> Breaker:
            return looked_for(breaker, record.deliveries[role])

        if change(tenant.breaker(role)) != tenant.breaker(role):
            _change(tenant.id, role, change, services=services)


def _have_looked_through(tenant_id: str, *, now: datetime, services: Services) -> None:
    with suppress(QueueUnavailableError):  # it is due, and found by the sweep
        services.queue.enqueue(waiting_task(tenant_id, due_at=now, by=services.new_id()))


def _change(
    tenant_id: str, role: Role, change: Callable[[Breaker], Breaker], *, services: Services
) -> None:
    while tenant := services.tenants.find(tenant_id):
        known = tenant.breaker(role)
        after = change(known)
        if after == known:
            return
        if services.tenants.replace_breaker(tenant_id, role, after, over=known):
            if after.state is not known.state:
                have_alerts_looked_at(tenant, now=services.clock(), services=services)
            return

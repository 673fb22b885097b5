"""Read a shop's public settings: currency, time zone and address."""

from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy
from service.domain.shop.public_settings import LONGEST_SHOP_PAUSE, SHOP_FACTS_FOR, Shop
from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services, ShopError
from service.usecases.tasks import shop_task
from service.usecases.tenants.change_tenant import change_known_tenant

_MOST_DOUBLED = 20


class ShopRead(StrEnum):
    """The result of one call; only the first two asked the shop."""

    ANSWERED = "answered"
    NO_ANSWER = "no answer"
    NOT_DUE = "not due"
    NOT_INSTALLED = "not installed"


def read_shop(tenant_id: str, *, now: datetime, services: Services, tries: int = 0) -> ShopRead:
    """Store the shop's facts for a day, and release deliveries that waited for them.

    Does nothing before they are due. A shop that does not answer is asked again, the first time
    within a minute, then after growing pauses; `tries` is how often that has happened by now.

    Raises:
        StoreUnavailableError: nothing is stored; the queue calls again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return ShopRead.NOT_INSTALLED
    if not tenant.is_shop_due(now):
        return ShopRead.NOT_DUE
    if not tenant.installation.is_installed:
        # It is asked as soon as it is installed (`Tenant.with_installation`).
        _plan(tenant_id, at=now + SHOP_FACTS_FOR, over=tenant, services=services)
        return ShopRead.NOT_INSTALLED
    try:
        shop = services.shops.shop(tenant_id)
    except ShopError as error:
        pause = error.retry_after or timedelta(0)
        pause = min(max(pause, _pause(tries, services.retry)), LONGEST_SHOP_PAUSE)
        _plan(tenant_id, at=now + pause, over=tenant, services=services)
        _enqueue(tenant_id, due_at=now + pause, delay=pause, tries=tries + 1, services=services)
        return ShopRead.NO_ANSWER
    _store(tenant_id, shop, now=now, services=services)
    return ShopRead.ANSWERED


def request_shop_facts(tenant: Tenant, *, now: datetime, services: Services) -> None:
    """Let the shop be asked at once, if it has not told everything yet.

    Raises:
        StoreUnavailableError: the shop may be asked only at its regular time.
    """
    facts = tenant.settings
    if facts.currency and facts.timezone and facts.shop_host:
        return

    def with_request(known: Tenant) -> Tenant:
        return replace(known, shop_due_at=min(known.shop_due_at, now))

    change_known_tenant(tenant.id, with_request, now=now, services=services)
    _enqueue(tenant.id, due_at=now, services=services)


def _pause(tries: int, policy: RetryPolicy) -> timedelta:
    return min(policy.pause_after(1 + min(tries, _MOST_DOUBLED)), LONGEST_SHOP_PAUSE)


def _store(tenant_id: str, shop: Shop, *, now: datetime, services: Services) -> None:
    def with_facts(known: Tenant) -> Tenant:
        return replace(known, shop=shop, shop_due_at=now + SHOP_FACTS_FOR)

    change_known_tenant(tenant_id, with_facts, now=now, services=services)


def _plan(tenant_id: str, *, at: datetime, over: Tenant, services: Services) -> None:
    """Record when the shop is asked next, unless that has changed since it was read as `over`."""

    def planned(known: Tenant) -> Tenant:
        is_same = known.shop_due_at == over.shop_due_at
        return replace(known, shop_due_at=at) if is_same else known

    services.tenants.update(tenant_id, lambda known: known and planned(known))


def _enqueue(
    tenant_id: str,
    *,
    due_at: datetime,
    delay: timedelta = timedelta(0),
    tries: int = 0,
    services: Services,
) -> None:
    with suppress(QueueUnavailableError):  # it is due, and found by the sweep
        task = shop_task(tenant_id, due_at=due_at, delay=delay, tries=tries)
        services.queue.enqueue(task)

"""List what a shop changed while webhooks without a login were dropped, and record its events.

More of these webhooks than a winery's share are dropped, since each may be forged and costs a
look-up. What the shop itself lists needs no proof, so nothing is lost.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.events.event import EVENT_WINDOW
from service.domain.mapping.table import RULES
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import QueueUnavailableError, Refusal, Services, ShopError
from service.usecases.intake.receive_signal import receive_listed
from service.usecases.tasks import ListCursor, changes_task
from service.usecases.tenants.change_tenant import change_known_tenant
from service.usecases.tenants.installed_tenant import installed_tenant

OVERLAP = timedelta(hours=1)
"""How much earlier than the first dropped webhook the listing begins: a webhook may be late."""

_KINDS = tuple(ObjectKind)
_LONGEST_PAUSE = timedelta(hours=1)
_MOST_DOUBLED = 10
_IN_VAIN = frozenset({Refusal.NOT_ALLOWED, Refusal.NOT_FOUND, Refusal.OUR_FAULT})


class Listed(StrEnum):
    """The result of one step."""

    NOTHING = "nothing to list"
    CONTINUED = "to be continued"
    POSTPONED = "to be asked again"
    DONE = "done"


def note_dropped(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Note that a webhook of this winery is dropped; tell whether that was news.

    Raises:
        StoreUnavailableError: it is not noted; the webhook must be sent again.
    """
    tenant = installed_tenant(tenant_id, services=services)
    if tenant is None or tenant.catch_up.dropped_since:
        return False

    def with_note(known: Tenant) -> Tenant:
        return replace(known, catch_up=known.catch_up.dropped(now=now, policy=services.retry))

    change_known_tenant(tenant_id, with_note, now=now, services=services)
    return True


def list_changes(
    tenant_id: str, cursor: ListCursor | None, *, now: datetime, services: Services
) -> Listed:
    """Read one page of the shop's changes, record its events, and enqueue the next step.

    A step that is lost is not repeated: the sweep begins the listing anew, which changes nothing
    about what is recorded already. A list that Commerce7 refuses is left out.

    Raises:
        StoreUnavailableError: some of the page is not recorded; the queue calls again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return Listed.NOTHING
    cursor = cursor or _begun(tenant, now=now, services=services)
    if cursor is None:
        return Listed.NOTHING
    if now - cursor.since > EVENT_WINDOW or not tenant.installation.is_installed:
        return _ended(tenant_id, cursor, now=now, services=services)
    try:
        has_next = _read_page(tenant, cursor, now=now, services=services)
    except ShopError as error:
        if error.refusal not in _IN_VAIN:
            return _postponed(tenant_id, cursor, error, now=now, services=services)
        has_next = False
    following = _following(cursor, has_next=has_next)
    if following is None:
        return _ended(tenant_id, cursor, now=now, services=services)
    if _continued(tenant_id, cursor, at=now, services=services):
        _enqueue(tenant_id, following, now=now, delay=timedelta(0), services=services)
    return Listed.CONTINUED


def _begun(tenant: Tenant, *, now: datetime, services: Services) -> ListCursor | None:
    if not tenant.catch_up.is_due(now):
        return None

    def begun(known: Tenant) -> Tenant:
        is_due = known.catch_up.is_due(now)
        return (
            replace(known, catch_up=known.catch_up.begun(now=now, policy=services.retry))
            if is_due
            else known
        )

    updated = change_known_tenant(tenant.id, begun, now=now, services=services)
    since = updated.after.catch_up.listing_since if updated.after else None
    is_ours = updated.after != updated.before
    return ListCursor(since=since, kind=_KINDS[0]) if since and is_ours else None


def _read_page(tenant: Tenant, cursor: ListCursor, *, now: datetime, services: Services) -> bool:
    """Record the events of one page; tell whether there may be another page of this kind."""
    rules = (rule for rule in RULES if rule.kind is cursor.kind)
    if all(why_unwanted(tenant, rule.name) for rule in rules):
        return False
    page = services.shops.changed(
        tenant.id, cursor.kind, since=cursor.since - OVERLAP, page=cursor.page
    )
    for fact in page.facts:
        receive_listed(cursor.kind, fact, tenant=tenant, now=now, services=services)
    return page.has_next


def _following(cursor: ListCursor, *, has_next: bool) -> ListCursor | None:
    if has_next:
        return replace(cursor, page=cursor.page + 1, tries=0)
    kinds = _KINDS[_KINDS.index(cursor.kind) + 1 :]
    return ListCursor(since=cursor.since, kind=kinds[0]) if kinds else None


def _postponed(
    tenant_id: str, cursor: ListCursor, error: ShopError, *, now: datetime, services: Services
) -> Listed:
    attempt = 1 + min(cursor.tries, _MOST_DOUBLED)
    pause = min(services.retry.pause_after(attempt), _LONGEST_PAUSE)
    pause = max(pause, error.retry_after or pause)
    again = replace(cursor, tries=cursor.tries + 1)
    if _continued(tenant_id, cursor, at=now + pause, services=services):
        _enqueue(tenant_id, again, now=now, delay=pause, services=services)
    return Listed.POSTPONED


def _continued(tenant_id: str, cursor: ListCursor, *, at: datetime, services: Services) -> bool:
    """Note that the next step is done then; tell whether this listing is still the present one."""
    return _changed(
        tenant_id,
        cursor,
        lambda known: known.continued(at=at, policy=services.retry),
        services=services,
    )


def _ended(tenant_id: str, cursor: ListCursor, *, now: datetime, services: Services) -> Listed:
    _changed(
        tenant_id,
        cursor,
        lambda known: known.ended(now=now, policy=services.retry),
        services=services,
    )
    return Listed.DONE


def _changed(
    tenant_id: str,
    cursor: ListCursor,
    change: Callable[[CatchUp], CatchUp],
    *,
    services: Services,
) -> bool:
    """Change the state of this listing, unless another one has begun since."""

    def changed(known: Tenant | None) -> Tenant | None:
        is_current = known is not None and known.catch_up.listing_since == cursor.since
        return replace(known, catch_up=change(known.catch_up)) if known and is_current else known

    updated = services.tenants.update(tenant_id, changed)
    return updated.before is not None and updated.before.catch_up.listing_since == cursor.since


def _enqueue(
    tenant_id: str, cursor: ListCursor, *, now: datetime, delay: timedelta, services: Services
) -> None:
    task = changes_task(
        tenant_id, due_at=now + delay, by=services.new_id(), delay=delay, cursor=cursor
    )
    with suppress(QueueUnavailableError):  # the sweep begins the listing anew
        services.queue.enqueue(task)

"""Compare a winery's webhooks with its shop's own lists, and record what no webhook has told.

Webhooks are lost, refused, switched off by Commerce7, or dropped during a flood. What the shop
lists needs no proof, and goes the way of webhooks, behind them
(docs/adr/0044-webhooks-are-checked-against-lists.md).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.events.event import EVENT_WINDOW
from service.domain.tenants.catch_up import CatchUp, Comparison, next_night
from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Refusal, Services, ShopError
from service.usecases.cursors import ListCursor
from service.usecases.intake.receive_page import receive_failed, receive_listed
from service.usecases.tasks import changes_task
from service.usecases.tenants.change_tenant import change_known_tenant
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.schedule_alerts import schedule_alerts_check

PAGES_A_STEP = 5
"""How many pages a step reads: as many as there are lists, so that no news takes one step."""

_REST = timedelta(seconds=5)
"""The pause between two steps, which leaves requests of the winery to look-ups."""

_LONGEST_PAUSE = timedelta(hours=1)
_MOST_TRIES = 10
_IN_VAIN = frozenset({Refusal.NOT_ALLOWED, Refusal.NOT_FOUND, Refusal.OUR_FAULT})


class Listed(StrEnum):
    """The result of one step."""

    NOTHING = "nothing to list"
    CONTINUED = "to be continued"
    POSTPONED = "to be asked again"
    DONE = "done"


class ListStep(Struct, frozen=True, kw_only=True):
    """A step's result, how many events only the lists told of, and the lists it left out."""

    result: Listed
    untold: int = 0
    left_out: Sequence[str] = ()


class _Step(Struct, kw_only=True):
    """What a step has done so far; `cursor` is where the next page is, unless it `is_over`."""

    cursor: ListCursor
    is_over: bool = False
    pause: timedelta = timedelta(0)
    compared: list[Comparison] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


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
) -> ListStep:
    """Read the next pages of the shop's changes, record their events, and enqueue the next step.

    A step that is lost is not repeated: the sweep begins the listing anew, which changes nothing
    about what is recorded already. A list that Commerce7 refuses is left out; so is one that it
    never answers, and then the next listing covers the same time.

    Raises:
        StoreUnavailableError: some of a page is not recorded; the queue calls again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return ListStep(result=Listed.NOTHING)
    if cursor is None:
        cursor = _begun(tenant, now=now, services=services)
    elif tenant.catch_up.listing_until != cursor.until:
        cursor = None  # another listing has begun since
    if cursor is None:
        return ListStep(result=Listed.NOTHING)
    step = _Step(cursor=cursor, is_over=not tenant.installation.is_installed)
    for _ in range(PAGES_A_STEP):
        if not (step.is_over or step.pause):
            _read_page(tenant, step, now=now, services=services)
    result = _noted(tenant, step, now=now, services=services)
    untold = sum(each.untold for each in step.compared)
    return ListStep(result=result, untold=untold, left_out=step.left_out)


def _begun(tenant: Tenant, *, now: datetime, services: Services) -> ListCursor | None:
    if not (tenant.catch_up.is_due(now) and tenant.installation.is_installed):
        return None

    def begun(known: Tenant) -> Tenant:
        if not known.catch_up.is_due(now):
            return known
        night = _night(known, now)
        after = known.catch_up.begun(now=now, night=night, policy=services.retry)
        return replace(known, catch_up=after)

    updated = change_known_tenant(tenant.id, begun, now=now, services=services)
    after = updated.after.catch_up if updated.after else CatchUp()
    is_ours = updated.after != updated.before
    since, until = after.listing_since, after.listing_until
    if not is_ours or since is None or until is None:
        return None
    return ListCursor(since=since, until=until, is_thorough=after.is_night(until))


def _read_page(tenant: Tenant, step: _Step, *, now: datetime, services: Services) -> None:
    """Record the events of the next page; move the step on, or postpone it."""
    cursor = step.cursor
    try:
        following, rest, compared = _received(tenant, cursor, now=now, services=services)
    except ShopError as error:
        is_in_vain = error.refusal in _IN_VAIN
        if is_in_vain or cursor.tries >= _MOST_TRIES:
            step.left_out.append(str(cursor.kind))
            step.cursor = replace(cursor, has_gap=cursor.has_gap or not is_in_vain)
            _move_on(step, "")
        else:
            step.pause = _pause_after(error, cursor, services=services)
            is_counted = error.refusal is not Refusal.TOO_OFTEN
            step.cursor = replace(cursor, tries=cursor.tries + is_counted)
        return
    step.compared += compared
    step.pause = rest
    step.cursor = replace(cursor, is_answered=True)
    _move_on(step, following)


def _received(
    tenant: Tenant, cursor: ListCursor, *, now: datetime, services: Services
) -> tuple[str, timedelta, Sequence[Comparison]]:
    """Record the events of the page; return the next one's place, and the pause before it."""
    # Strangers can cause look-ups in the background, which must not keep a flood's listing waiting.
    shops = services.shops.in_background() if cursor.is_thorough else services.shops
    kind, until = cursor.kind.kind, cursor.until
    if kind is None:
        failed = shops.failed_webhooks(
            tenant.id, since=cursor.since, place=cursor.place, is_thorough=cursor.is_thorough
        )
        compared = receive_failed(failed.items, tenant=tenant, now=now, services=services)
        return failed.following, failed.rest, compared
    page = shops.changed(
        tenant.id, kind, since=cursor.since, place=cursor.place, is_thorough=cursor.is_thorough
    )
    facts = [
        fact
        for fact in page.items
        if not (until and fact.updated_at and fact.updated_at > until)  # left to its webhook
    ]
    compared = receive_listed(kind, facts, tenant=tenant, now=now, services=services)
    return page.following, page.rest, compared


def _move_on(step: _Step, following: str) -> None:
    cursor = replace(step.cursor, tries=0)
    if following:
        step.cursor = replace(cursor, place=following)
    elif next_list := cursor.kind.following:
        step.cursor = replace(cursor, kind=next_list, place="")
    else:
        step.cursor, step.is_over = cursor, True


def _pause_after(error: ShopError, cursor: ListCursor, *, services: Services) -> timedelta:
    pause = min(services.retry.pause_after(1 + cursor.tries), _LONGEST_PAUSE)
    return max(pause, error.retry_after or pause)


def _noted(tenant: Tenant, step: _Step, *, now: datetime, services: Services) -> Listed:
    """Write how far the listing has come, and enqueue its next step."""
    cursor, policy = step.cursor, services.retry
    is_too_long = cursor.until is not None and now - cursor.until > EVENT_WINDOW
    if step.is_over or is_too_long:
        night = _night(tenant, now)

        def ended(known: CatchUp) -> CatchUp:
            is_complete = cursor.is_answered and not cursor.has_gap
            return known.ended(is_complete=is_complete, now=now, night=night, policy=policy)

        _changed(tenant.id, step, ended, now=now, services=services)
        return Listed.DONE

    def continued(known: CatchUp) -> CatchUp:
        return known.continued(at=now + max(step.pause, _REST), policy=policy)

    if _changed(tenant.id, step, continued, now=now, services=services):
        delay = max(step.pause, _REST)
        _enqueue(tenant.id, cursor, now=now, delay=delay, services=services)
    return Listed.POSTPONED if step.pause else Listed.CONTINUED


def _changed(
    tenant_id: str,
    step: _Step,
    change: Callable[[CatchUp], CatchUp],
    *,
    now: datetime,
    services: Services,
) -> bool:
    """Change the state of this listing, unless another one has begun since; tell whether it was."""
    until = step.cursor.until

    def changed(known: Tenant | None) -> Tenant | None:
        if known is None or known.catch_up.listing_until != until:
            return known
        return replace(known, catch_up=change(known.catch_up.compared(step.compared, now=now)))

    updated = services.tenants.update(tenant_id, changed)
    before, after = updated.before, updated.after
    if before is None or after is None or before.catch_up.listing_until != until:
        return False
    if before.catch_up.silent or after.catch_up.silent:
        schedule_alerts_check(after, now=now, services=services)
    return True


def _night(tenant: Tenant, now: datetime) -> datetime:
    return next_night(tenant.id, zone=tenant.settings.timezone, now=now)


def _enqueue(
    tenant_id: str, cursor: ListCursor, *, now: datetime, delay: timedelta, services: Services
) -> None:
    task = changes_task(
        tenant_id, due_at=now + delay, by=services.new_id(), delay=delay, cursor=cursor
    )
    with suppress(QueueUnavailableError):  # the sweep begins the listing anew
        services.queue.enqueue(task)

"""Receive a signal: record its event once, and enqueue the next steps."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from functools import cache, partial

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.event import Event
from service.domain.events.half_known import is_half_known
from service.domain.events.idempotency import event_key
from service.domain.mapping.outcome import Outcome, Times
from service.domain.mapping.table import RuleOutcome, decide, outcomes_of
from service.domain.records.reconcile import reconciled
from service.domain.records.record import EventRecord, Status
from service.domain.shop.signal import Action, Fact, Signal
from service.domain.tenants.installation import InstallState
from service.domain.tenants.tenant import NEVER, Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import Events, QueueUnavailableError, Services, Stored
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.intake.build_record import (
    named_record,
    with_labels,
    with_lookup,
    with_outcome,
)
from service.usecases.sealing import with_sealed_event
from service.usecases.tasks import enqueue_steps, shop_task
from service.usecases.tenants.installed_tenant import installed_tenant

MOST_UNPROVEN = 1000
"""How many events are recorded of a winery before its install is proven."""

_FINAL = frozenset({Status.SENT, Status.SKIPPED, Status.ERROR})


class Receipt(StrEnum):
    """What became of a signal. The sender must repeat it if there were `TOO_MANY`."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    IGNORED = "no news for us"
    UNKNOWN_TENANT = "unknown tenant"
    TOO_MANY = "too many for an unproven installation"


class Received(Struct, frozen=True, kw_only=True):
    """The result for one signal. Unless it `is_queued`, the sweep will have to enqueue the rest.

    `tenant` is the winery that the signal was received for, as it was read.
    """

    receipt: Receipt
    record: EventRecord | None = None
    is_queued: bool = True
    tenant: Tenant | None = None


def receive_signal(
    signal: Signal[Fact], *, tenant_id: str, is_trusted: bool, now: datetime, services: Services
) -> Received:
    """Record the signal's events for this tenant, and enqueue their next steps.

    A signal that is not `is_trusted` (an unproven webhook) only names an object: the event is made
    from the shop's answer to a look-up. While an install is being proven, trusted signals are
    recorded, and their events wait. Of several events the first is returned.

    Raises:
        StoreUnavailableError: not all is recorded; the signal must be sent again.
    """
    tenant = _heard_tenant(tenant_id, is_trusted=is_trusted, services=services)
    if tenant is None:
        return Received(receipt=Receipt.UNKNOWN_TENANT)
    if tenant.installation.is_being_proven and _is_full(tenant, services=services):
        return Received(receipt=Receipt.TOO_MANY)
    found = outcomes_of(signal, tenant=tenant, times=Times(now=now, received_at=now))
    find = cache(partial(services.events.find, tenant.id))
    news = news_of(found, signal, tenant=tenant, now=now, find=find)
    # An unproven webhook may be forged: spend no look-up on an event that is switched off.
    wanted = (each for each in news if is_trusted or not why_unwanted(tenant, each.rule.name))
    received = [
        record_news(
            each,
            signal,
            tenant=tenant,
            is_trusted=is_trusted,
            now=now,
            services=services,
            known=_likely_known(each, signal, tenant=tenant, find=find, services=services),
        )
        for each in wanted
    ]
    if not received:
        return Received(receipt=Receipt.IGNORED, tenant=tenant)
    is_queued = all(each.is_queued for each in received)
    return replace(received[0], is_queued=is_queued, tenant=tenant)


def _likely_known(
    news: RuleOutcome,
    signal: Signal[Fact],
    *,
    tenant: Tenant,
    find: Callable[[str], Stored | None],
    services: Services,
) -> Stored | None:
    """Return the event's record, if there is one and it was worth looking.

    For what is new, creating the record is enough, and reading before it would cost a read. What is
    repeated, as most updates are, costs the read alone, and not a write that fails.
    """
    key = key_of(news, signal, tenant=tenant)
    is_likely = signal.action is Action.UPDATE or services.seen_events.knows(
        key, now=services.clock()
    )
    return find(key) if is_likely else None


def news_of(
    found: Iterable[RuleOutcome],
    signal: Signal[Fact],
    *,
    tenant: Tenant,
    now: datetime,
    find: Callable[[str], Stored | None],
) -> Iterator[RuleOutcome]:
    """Return what is to be recorded; a follow-up counts only while its event's record waits.

    `find` returns the record with a key.
    """
    for each in found:
        if signal.action in each.rule.actions and not each.is_follow_up:
            yield each
            continue
        known = find(key_of(each, signal, tenant=tenant))
        if known and known.record.is_open:
            since = known.record.waits_since
            times = Times(now=now, received_at=now, waiting_since=since)
            outcome = decide(each.rule, signal, tenant=tenant, times=times) or each.outcome
            yield RuleOutcome(rule=each.rule, outcome=outcome, is_follow_up=True)
        elif not each.is_follow_up:
            yield each


def key_of(news: RuleOutcome, signal: Signal[Fact], *, tenant: Tenant) -> str:
    """Return the key of the event's record."""
    rule = news.rule
    return event_key(tenant.id, kind=rule.kind, object_id=signal.fact.id, name=rule.name)


def record_news(
    news: RuleOutcome,
    signal: Signal[Fact],
    *,
    tenant: Tenant,
    is_trusted: bool,
    now: datetime,
    services: Services,
    known: Stored | None = None,
    is_listed: bool = False,
) -> Received:
    """Create the event's record, or merge it into the one that there is; `known`, if it was read.

    A record that `is_listed` goes behind what webhooks bring.

    Raises:
        StoreUnavailableError: it may not be recorded.
    """
    record = named_record(news.rule, signal, tenant=tenant, now=now)
    if is_trusted:
        record = _trusted_record(record, signal, news.outcome, tenant=tenant, services=services)
    else:
        record = with_lookup(record, signal, services=services)
    services.seen_events.note(record.key, now=now)
    if known and reconciled(known.record, record) is None:
        return Received(receipt=Receipt.DUPLICATE, record=record)
    schedule_recheck(record, now=now, services=services)
    added = None
    if not (known or news.is_follow_up):
        added = services.events.add(replace(record, is_listed=True) if is_listed else record)
    written = added or _upgrade(record, known, events=services.events)
    is_queued = _enqueue(
        written, tenant=tenant, services=services, is_bulk=is_listed, is_new=added is not None
    )
    if written is None:
        return Received(receipt=Receipt.DUPLICATE, record=record)
    return Received(receipt=Receipt.RECORDED, record=written.record, is_queued=is_queued)


def _heard_tenant(tenant_id: str, *, is_trusted: bool, services: Services) -> Tenant | None:
    """Return the tenant if we are installed, or, for a trusted signal, may be; else `None`."""
    if tenant := installed_tenant(tenant_id, services=services):
        return tenant
    # Another process may have recorded the install a moment ago.
    fresh = services.tenants.find(tenant_id) if is_trusted else None
    is_heard = fresh and (fresh.installation.is_installed or fresh.installation.is_being_proven)
    return fresh if is_heard else None


def _is_full(tenant: Tenant, *, services: Services) -> bool:
    """Tell whether as much is kept of the winery as may be before its install is proven.

    What is final in the log of an earlier installation does not count.
    """
    had_us_before = tenant.installation.state is InstallState.REMOVED
    rows = services.events.count(tenant.id).items()
    kept = sum(number for status, number in rows if not (had_us_before and status in _FINAL))
    return kept >= MOST_UNPROVEN


def _trusted_record(
    named: EventRecord,
    signal: Signal[Fact],
    outcome: Outcome,
    *,
    tenant: Tenant,
    services: Services,
) -> EventRecord:
    if isinstance(outcome, Event) and is_half_known(signal.fact.person):
        # The event is proven; a look-up completes the customer's data before it is sent.
        known = with_lookup(with_labels(named, signal.fact), signal, services=services)
        return with_sealed_event(known, outcome, vault=services.vault)
    return with_outcome(named, signal.fact, outcome, tenant=tenant, services=services)


def _upgrade(record: EventRecord, known: Stored | None, *, events: Events) -> Stored | None:
    """Merge the record into the stored one; return `None` if it adds nothing (a duplicate).

    `known` is the stored one, if it was read.
    """
    stored = known or events.find(record.tenant_id, record.key)
    while stored:
        after = reconciled(stored.record, record)
        if after is None:
            return None
        if written := events.replace(stored, after):
            return written
        stored = events.find(record.tenant_id, record.key)
    return None


def _enqueue(
    written: Stored | None, *, tenant: Tenant, services: Services, is_bulk: bool, is_new: bool
) -> bool:
    """Enqueue the next steps. A new record goes with its task, which then need not read it."""
    try:
        if written:
            enqueue_steps(
                written.record,
                queue=services.queue,
                is_bulk=is_bulk,
                carried=written if is_new else None,
            )
        if tenant.shop_due_at == NEVER:
            # All signals of a new tenant's first minute share this name, and so make one task.
            services.queue.enqueue(shop_task(tenant.id, due_at=NEVER))
    except QueueUnavailableError:
        return False
    return True

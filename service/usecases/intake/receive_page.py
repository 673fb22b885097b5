"""Record the events of a page of a shop's list, and compare it with what webhooks have told.

The records of a page are read at once. What is known and unchanged costs nothing more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.events.event import Event
from service.domain.mapping.outcome import Times
from service.domain.mapping.table import RuleOutcome, outcomes_of, outcomes_of_listed
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.catch_up import Comparison
from service.domain.tenants.tenant import Tenant
from service.ports import Services, Stored
from service.usecases.intake.receive_signal import Receipt, key_of, news_of, record_news

_Found = Sequence[tuple[Signal[Fact], Sequence[RuleOutcome]]]


def receive_listed(
    kind: ObjectKind, facts: Iterable[Fact], *, tenant: Tenant, now: datetime, services: Services
) -> Sequence[Comparison]:
    """Record the events of objects that the shop listed, since a webhook may not have come.

    Raises:
        StoreUnavailableError: some of the events are not recorded.
    """
    times = Times(now=now, received_at=now)
    signals = [Signal(kind=kind, action=Action.UPDATE, fact=fact) for fact in facts]
    found = [(signal, outcomes_of_listed(signal, tenant=tenant, times=times)) for signal in signals]
    return _receive(found, tenant=tenant, now=now, services=services)


def receive_failed(
    signals: Iterable[Signal[Fact]], *, tenant: Tenant, now: datetime, services: Services
) -> Sequence[Comparison]:
    """Record the events of webhooks that failed, as if they came now.

    Raises:
        StoreUnavailableError: some of the events are not recorded.
    """
    times = Times(now=now, received_at=now)
    found = [(signal, outcomes_of(signal, tenant=tenant, times=times)) for signal in signals]
    return _receive(found, tenant=tenant, now=now, services=services)


class MissingEvent(Struct, frozen=True, kw_only=True):
    """An event that a listed object makes, and that was never recorded; `known` still waits."""

    signal: Signal[Fact]
    news: RuleOutcome
    known: Stored | None


def missing_in(
    kind: ObjectKind, facts: Iterable[Fact], *, tenant: Tenant, now: datetime, services: Services
) -> Sequence[MissingEvent]:
    """Return the events of the listed objects that could be sent, and never were.

    Raises:
        StoreUnavailableError: it is not known which these are.
    """
    found = _listed(kind, facts, tenant=tenant, now=now)
    known = _known(found, tenant=tenant, services=services)
    every = (
        MissingEvent(signal=signal, news=news, known=known.get(key_of(news, signal, tenant=tenant)))
        for signal, outcomes in found
        for news in outcomes
        if isinstance(news.outcome, Event)
    )
    return [each for each in every if each.known is None or each.known.record.is_open]


def record_missing(
    missing: MissingEvent, *, tenant: Tenant, now: datetime, services: Services
) -> bool:
    """Record the event and queue it behind those of webhooks; tell whether it was still missing.

    Raises:
        StoreUnavailableError: it may not be recorded.
    """
    received = record_news(
        missing.news,
        missing.signal,
        tenant=tenant,
        is_trusted=True,
        now=now,
        services=services,
        known=missing.known,
        is_listed=True,
    )
    return received.receipt is Receipt.RECORDED


def _receive(
    found: _Found, *, tenant: Tenant, now: datetime, services: Services
) -> Sequence[Comparison]:
    known = _known(found, tenant=tenant, services=services)
    told, untold = Counter[ObjectKind](), Counter[ObjectKind]()
    for signal, every in found:
        for news in news_of(every, signal, tenant=tenant, now=now, find=known.get):
            there = known.get(key_of(news, signal, tenant=tenant))
            told[signal.kind] += _was_told(there, tenant)
            if there and not there.record.is_open:
                continue
            received = record_news(
                news,
                signal,
                tenant=tenant,
                is_trusted=True,
                now=now,
                services=services,
                known=there,
                is_listed=there is None,
            )
            untold[signal.kind] += there is None and received.receipt is Receipt.RECORDED
    kinds = {*told, *untold}
    return [Comparison(kind=kind, told=told[kind], untold=untold[kind]) for kind in sorted(kinds)]


def _listed(kind: ObjectKind, facts: Iterable[Fact], *, tenant: Tenant, now: datetime) -> _Found:
    times = Times(now=now, received_at=now)
    signals = [Signal(kind=kind, action=Action.UPDATE, fact=fact) for fact in facts]
    return [(signal, outcomes_of_listed(signal, tenant=tenant, times=times)) for signal in signals]


def _known(found: _Found, *, tenant: Tenant, services: Services) -> Mapping[str, Stored]:
    """Return the records of these events, by their keys, in one read."""
    keys = {key_of(each, signal, tenant=tenant) for signal, every in found for each in every}
    return services.events.find_all(tenant.id, keys) if keys else {}


def _was_told(there: Stored | None, tenant: Tenant) -> bool:
    """Tell whether a webhook has told of the object since the listing before this one."""
    since = tenant.catch_up.listed_until
    if there is None or since is None:
        return False
    return there.record.received_at >= since and not there.record.is_listed

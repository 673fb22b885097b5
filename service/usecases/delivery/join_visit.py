"""Join an event to the visit of the website that led to it, before its first attempt."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.browser_signal import (
    CLICK_FOR,
    SIGNAL_FOR,
    BrowserSignal,
    JoinKey,
    Mark,
)
from service.domain.events.event import ActionSource, Event, EventName
from service.domain.events.join import (
    PRIVACY_RULES,
    Joined,
    Subject,
    click_of,
    has_privacy_signal,
    is_refused,
    join,
    limited,
    with_click,
)
from service.domain.records.record import EventRecord, Family
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import Services, UnsealError
from service.usecases.sealing import (
    seal_signal,
    stored_marks,
    unseal_event,
    unseal_signal,
    with_sealed_event,
)

LOOK_AGAIN_AFTER = (timedelta(seconds=4), timedelta(seconds=18))
"""When a Purchase of the web shop looks for its visit again, if there was none at once. Its
receipt's page may report a moment after the webhook; it never waits for more than 20 seconds."""

SEEN_WITHIN = timedelta(hours=24)
"""A winery whose snippet has not called for longer has no visits to look for."""

LATE = timedelta(hours=2)
"""An event that is told of later than this has no visit any more."""

MOST_SIGNALS = 50
"""The most signals that are read at once. One person's are few, also on many pages: more of them
are forged."""

_AHEAD = timedelta(seconds=1)
_MADE_ONLINE = frozenset({EventName.SUBSCRIBE, EventName.COMPLETE_REGISTRATION, EventName.LEAD})


class JoinedRecord(Struct, frozen=True, kw_only=True):
    """The record with what its visit adds, or as it was.

    `look_again_at` is when a visit may still be found. If it `is_refused`, the shopper has refused
    at the shop's banner, and the event must not be sent.
    """

    record: EventRecord
    look_again_at: datetime | None = None
    is_refused: bool = False


def join_visit(
    record: EventRecord, tenant: Tenant, *, now: datetime, services: Services
) -> JoinedRecord:
    """Look for the visit that led to the record's event, unless it was attempted before.

    It costs one query where the winery's snippet runs, and a second one for an order that no other
    key finds than its IP address and browser.

    Raises:
        StoreUnavailableError: nothing is decided; try again.
    """
    is_worth_it = _remembers_clicks(tenant) or _has_visits(tenant, now=now)
    is_unwanted = why_unwanted(tenant, record.name, channel=record.channel)
    if _is_decided(record) or is_unwanted or not is_worth_it:
        return JoinedRecord(record=record)
    try:
        event = unseal_event(record.payload or "", tenant_id=tenant.id, vault=services.vault)
    except UnsealError:
        return JoinedRecord(record=record)  # the attempt says so
    subject = _subject(record, event)
    if _may_have_visit(event, tenant, now=now):
        return _visit(record, subject, tenant, now=now, services=services)
    if _may_have_click(event, tenant):
        return _click(record, subject, tenant, now=now, services=services)
    return JoinedRecord(record=record)


def _is_decided(record: EventRecord) -> bool:
    """Tell whether no visit is looked for any more, or never: page views have none."""
    was_attempted = any(each.attempts for each in record.deliveries.values())
    is_limited = record.data_use_rule in PRIVACY_RULES
    is_conversion = record.family is Family.CONVERSION
    return was_attempted or is_limited or not is_conversion


def _subject(record: EventRecord, event: Event) -> Subject:
    is_order = record.object_kind == ObjectKind.ORDER
    return Subject(
        event=event,
        cart_id=record.object_id if is_order else None,
        order_number=record.object_number if is_order else None,
    )


def _may_have_visit(event: Event, tenant: Tenant, *, now: datetime) -> bool:
    is_online = event.action_source is ActionSource.WEBSITE or event.name in _MADE_ONLINE
    return is_online and now < event.occurred_at + LATE and _has_visits(tenant, now=now)


def _has_visits(tenant: Tenant, *, now: datetime) -> bool:
    return tenant.progress.has_seen_snippet_since(now - SEEN_WITHIN)


def _may_have_click(event: Event, tenant: Tenant) -> bool:
    is_elsewhere = event.action_source is not ActionSource.WEBSITE
    return event.name is EventName.PURCHASE and is_elsewhere and _remembers_clicks(tenant)


def _remembers_clicks(tenant: Tenant) -> bool:
    """Tell whether known customers' clicks are kept: the winery chose so, and asks for consent."""
    return tenant.settings.remember_clicks and tenant.settings.consent_mode == "required"


def _visit(
    record: EventRecord, subject: Subject, tenant: Tenant, *, now: datetime, services: Services
) -> JoinedRecord:
    signals = _known(subject, tenant, now=now, services=services)
    is_asked = tenant.settings.consent_mode == "required"
    if is_asked and is_refused(subject, signals, now=now):
        _forget_clicks(subject, tenant, services=services)
        return JoinedRecord(record=record, is_refused=record.name is EventName.PURCHASE)
    if has_privacy_signal(subject, signals, now=now):
        event = limited(subject.event)
        return JoinedRecord(record=_changed(record, event, record.joined, services=services))
    if record.joined:
        return JoinedRecord(record=record)  # it is held; only an objection would change it
    found = join(subject, signals, now=now)
    again = _look_again_at(record, subject.event, now=now)
    if found is None and again:
        return JoinedRecord(record=record, look_again_at=again)
    if found is None:
        others = _signals(tenant, _of(JoinKey.DEVICE, subject), services=services, now=now)
        found = join(subject, others, now=now) if others else None
    if found is None:
        return JoinedRecord(record=record)
    event, joined = found
    if _remembers_clicks(tenant) and (click := click_of(event, now=now)):
        _keep_click(click, tenant, now=now, services=services)
    return JoinedRecord(record=_changed(record, event, joined, services=services))


def _click(
    record: EventRecord, subject: Subject, tenant: Tenant, *, now: datetime, services: Services
) -> JoinedRecord:
    if record.joined:
        return JoinedRecord(record=record)
    found = with_click(subject, _known(subject, tenant, now=now, services=services))
    if found is None:
        return JoinedRecord(record=record)
    event, joined = found
    return JoinedRecord(record=_changed(record, event, joined, services=services))


def _look_again_at(record: EventRecord, event: Event, *, now: datetime) -> datetime | None:
    """Return when to look again; `None` for an event that does not wait, or no longer."""
    if event.name is not EventName.PURCHASE or now >= event.occurred_at + SIGNAL_FOR:
        return None
    queued = [each.queued_at for each in record.deliveries.values() if each.queued_at]
    begun = min(queued, default=record.received_at)
    looks = (begun + after for after in LOOK_AGAIN_AFTER)
    # By this process's clock its task may come too early; the same look has no other task.
    return next((at for at in looks if now + _AHEAD < at), None)


def _known(
    subject: Subject, tenant: Tenant, *, now: datetime, services: Services
) -> Sequence[BrowserSignal]:
    """Return the signals with any key but the device.

    Anyone can forge signals with an order's number or an e-mail address, so many that the cart's
    own are not among those read. Then only the cart counts, whose id strangers do not know.
    """
    strong = [mark for mark in subject.marks if mark[0] is not JoinKey.DEVICE]
    found = _signals(tenant, strong, now=now, services=services)
    if found is None:
        found = _signals(tenant, _of(JoinKey.CART, subject), now=now, services=services)
    return found or []


def _of(key: JoinKey, subject: Subject) -> list[Mark]:
    return [mark for mark in subject.marks if mark[0] is key]


def _signals(
    tenant: Tenant, marks: Collection[Mark], *, now: datetime, services: Services
) -> Sequence[BrowserSignal] | None:
    """Return all signals with any of these marks; `None` if there may be more than are read."""
    if not marks:
        return []
    wanted = stored_marks(marks, tenant_id=tenant.id, vault=services.vault)
    found = services.browser_signals.find(tenant.id, wanted, now=now, limit=MOST_SIGNALS)
    if len(found) == MOST_SIGNALS:
        return None
    read = (unseal_signal(each, tenant_id=tenant.id, vault=services.vault) for each in found)
    return [each for each in read if each]


def _keep_click(click: BrowserSignal, tenant: Tenant, *, now: datetime, services: Services) -> None:
    """Keep the click in place of an earlier one of the same customer."""
    sealed = seal_signal(
        click, tenant_id=tenant.id, expires_at=now + CLICK_FOR, vault=services.vault
    )
    of_customer = stored_marks(click.marks[:1], tenant_id=tenant.id, vault=services.vault)
    services.browser_signals.keep(tenant.id, replace(sealed, key=f"click-{of_customer[0]}"))


def _forget_clicks(subject: Subject, tenant: Tenant, *, services: Services) -> None:
    """Forget what is remembered of a customer who agreed once, and now refuses."""
    named = [*_of(JoinKey.CUSTOMER, subject), *_of(JoinKey.EMAIL, subject)]
    if _remembers_clicks(tenant) and named:
        marks = stored_marks(named, tenant_id=tenant.id, vault=services.vault)
        services.browser_signals.drop(tenant.id, marks)


def _changed(
    record: EventRecord, event: Event, joined: Joined | None, *, services: Services
) -> EventRecord:
    return replace(with_sealed_event(record, event, vault=services.vault), joined=joined)

"""Look up the object of a failed event again, to rebuild the event, whose data was deleted.

The rebuilt event keeps its id and time, and goes only to the pixels that still wait for it.
"""

from datetime import datetime

from msgspec import structs

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import Event
from service.domain.events.join import PRIVACY_RULES, limited
from service.domain.events.match_keys import BROWSER_KEYS
from service.domain.events.reason import NO_DETAILS, Details, Reason
from service.domain.events.rejected_fields import drop_rejected_field
from service.domain.mapping.outcome import Skipped
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.tenants.shop_facts import with_shop_facts
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import Refusal, Services, ShopError, UnsealError
from service.usecases.intake.look_up import look_up_record, outcome_of, postponed
from service.usecases.sealing import with_sealed_event
from service.usecases.tenants.installed_tenant import known_tenant

_SKIPPED, _ERROR = DeliveryStatus.SKIPPED, DeliveryStatus.ERROR


def refetch_event(
    record: EventRecord, lookup: Lookup, *, now: datetime, services: Services
) -> EventRecord:
    """Return the record after the look-up: with the event, ended, or with the next try.

    Raises:
        StoreUnavailableError: nothing is decided; try again.
    """
    if all(each.is_final for each in record.deliveries.values()):
        return replace(record, lookup=None)  # no delivery needs the answer any more
    tenant = known_tenant(record.tenant_id, services=services)
    if unwanted := why_unwanted(tenant, record.name, channel=record.channel):
        return _ended(record, _SKIPPED, unwanted.reason, details=unwanted.details, now=now)
    if record.is_expired(now):
        return _ended(record, _ERROR, Reason.TOO_LATE, now=now)
    return _looked_up(record, lookup, tenant, now=now, services=services)


def _looked_up(
    record: EventRecord, lookup: Lookup, tenant: Tenant, *, now: datetime, services: Services
) -> EventRecord:
    try:
        fact = look_up_record(record, lookup, services=services)
    except ShopError as error:
        return _without_answer(record, lookup, error, now=now, services=services)
    except UnsealError:
        details = Details(because=Reason.ID_UNREADABLE)
        return _ended(record, _ERROR, Reason.NOT_SENT_AGAIN, details=details, now=now)
    outcome = outcome_of(record, lookup, fact, tenant=tenant, now=now)
    if isinstance(outcome, Event):
        return _with_event(record, outcome, tenant=tenant, now=now, services=services)
    if outcome is None:
        return _ended(record, _SKIPPED, Reason.NO_LONGER_SO, now=now)
    details = outcome.details if isinstance(outcome, Skipped) else NO_DETAILS
    return _ended(record, _SKIPPED, outcome.reason, details=details, now=now)


def _with_event(
    record: EventRecord, event: Event, *, tenant: Tenant, now: datetime, services: Services
) -> EventRecord:
    # Both pixels must get the same data, so what one has accepted goes unchanged to the other.
    is_sent = any(each.status is DeliveryStatus.SENT for each in record.deliveries.values())
    custom = record.custom if is_sent and record.custom else event.custom
    rebuilt = structs.replace(
        _as_seen_before(record, event),
        event_id=record.event_id,
        occurred_at=record.occurred_at or event.occurred_at,
        custom=custom,
    )
    due_at = now + services.retry.requeue_after
    deliveries = {
        role: each
        if each.is_final or each.waits_for
        else replace(each, reason=None, details=NO_DETAILS, due_at=due_at)
        for role, each in record.deliveries.items()
    }
    rebuilt = with_shop_facts(rebuilt, tenant)
    known = with_sealed_event(record, rebuilt, vault=services.vault)
    return replace(known, deliveries=deliveries, lookup=None, resolved_at=now)


def _as_seen_before(record: EventRecord, event: Event) -> Event:
    """Return the event without a staff member's browser, and as limited as it was before.

    What the shopper's visit told is not known any more.
    """
    of_visit = record.joined.brought if record.joined else ()
    # A browser that was left out at first is a staff member's, which the shop does not tell later.
    for key in BROWSER_KEYS - ({*record.match_keys} - {*of_visit}):
        event = drop_rejected_field(event, key)
    return limited(event) if record.data_use_rule in PRIVACY_RULES else event


def _without_answer(
    record: EventRecord, lookup: Lookup, error: ShopError, *, now: datetime, services: Services
) -> EventRecord:
    # A webhook may arrive a moment before its object can be read: look it up twice.
    is_unknown = error.refusal is Refusal.NOT_FOUND and lookup.attempts > 0
    if is_unknown:
        return _ended(record, _ERROR, Reason.GONE, now=now)
    if error.refusal is Refusal.OUR_FAULT:
        details = Details(because=error.reason)
        return _ended(record, _ERROR, Reason.NOT_SENT_AGAIN, details=details, now=now)
    deliveries = {
        role: each if each.is_final else replace(each, reason=error.reason, details=NO_DETAILS)
        for role, each in record.deliveries.items()
    }
    later = postponed(lookup, error, now=now, policy=services.retry)
    return replace(record, lookup=later, deliveries=deliveries)


def _ended(
    record: EventRecord,
    status: DeliveryStatus,
    reason: Reason,
    *,
    details: Details = NO_DETAILS,
    now: datetime,
) -> EventRecord:
    deliveries = {
        role: each
        if each.is_final
        else closed(each, status=status, reason=reason, details=details, now=now)
        for role, each in record.deliveries.items()
    }
    return replace(record, deliveries=deliveries, lookup=None, payload=None)

"""Build the event record of a signal."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import parked, queued
from service.domain.events.event import Event
from service.domain.events.idempotency import event_key
from service.domain.events.money import Money
from service.domain.events.reason import NO_DETAILS
from service.domain.mapping.outcome import Outcome, Skipped
from service.domain.mapping.purchase import value_of
from service.domain.mapping.table import EventRule
from service.domain.records.lookup import Lookup, planned_lookup
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Order
from service.domain.shop.signal import Fact, ObjectKind, Signal
from service.domain.tenants.shop_facts import missing_fact, with_shop_facts
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.ports import Services
from service.usecases.sealing import with_sealed_event

# Their older news never undoes newer.
_DATED = frozenset({ObjectKind.ORDER, ObjectKind.RESERVATION})
# As many characters as the search of the log takes. Firestore indexes 1,500 bytes of a value
# (Firestore: Quotas and limits).
_LONGEST_NUMBER = 80


def named_record(
    rule: EventRule, signal: Signal[Fact], *, tenant: Tenant, now: datetime
) -> EventRecord:
    """Return the record of what a signal tells, which has only its names yet."""
    object_id, event_id = _ids(rule, signal.fact.id)
    return EventRecord(
        tenant_id=tenant.id,
        key=event_key(tenant.id, kind=rule.kind, object_id=signal.fact.id, name=rule.name),
        name=rule.name,
        event_id=event_id,
        object_kind=rule.kind,
        object_id=object_id,
        received_at=now,
        updated_at=now,
    )


def with_lookup(record: EventRecord, signal: Signal[Fact], *, services: Services) -> EventRecord:
    """Return the record with an open look-up of the signal's object."""
    now = record.updated_at
    lookup = Lookup(
        sealed_id=services.vault.seal(record.tenant_id, signal.fact.id.encode()),
        asked_at=now,
        due_at=now + services.retry.requeue_after,
        is_by_staff=signal.is_by_staff,
    )
    return replace(record, lookup=lookup)


def with_object_id(record: EventRecord, rule: EventRule, object_id: str) -> EventRecord:
    """Return the record with its object's id, and the event id that Meta gets."""
    stored_id, event_id = _ids(rule, object_id)
    return replace(record, object_id=stored_id, event_id=event_id)


def with_outcome(
    record: EventRecord, fact: Fact, outcome: Outcome, *, tenant: Tenant, services: Services
) -> EventRecord:
    """Return the record with the signal's outcome: an event, or why there is none (yet)."""
    known = with_labels(record, fact)
    if isinstance(outcome, Event):
        return with_event(known, outcome, tenant=tenant, services=services)
    known = replace(known, lookup=None, worth=_worth(fact, tenant.settings))
    if isinstance(outcome, Skipped):
        return replace(
            known,
            state=Status.SKIPPED,
            reason=outcome.reason,
            details=outcome.details,
            may_change=outcome.may_change,
        )
    lookup = None
    if outcome.ask_at:
        sealed_id = services.vault.seal(tenant.id, fact.id.encode())
        lookup = planned_lookup(sealed_id, at=outcome.ask_at)
    return replace(
        known,
        state=Status.WAITING,
        reason=outcome.reason,
        details=NO_DETAILS,
        may_change=False,
        lookup=lookup,
    )


def with_labels(record: EventRecord, fact: Fact) -> EventRecord:
    """Return the record with the object's number and channel, by which staff recognise it.

    Orders and reservations come with the time of their last change.
    """
    channel = str(fact.channel) if fact.channel else None
    is_dated = record.object_kind in _DATED
    return replace(
        record,
        object_number=fact.number[:_LONGEST_NUMBER] if fact.number else None,
        channel=channel,
        object_updated_at=fact.updated_at if is_dated else None,
    )


def with_event(
    record: EventRecord, event: Event, *, tenant: Tenant, services: Services
) -> EventRecord:
    """Return the record with the sealed event, and a delivery for each pixel."""
    event = with_shop_facts(event, tenant)
    known = with_sealed_event(record, event, vault=services.vault)
    now = record.updated_at
    deliveries = _deliveries(event, tenant.settings, now=now, retry=services.retry)
    return replace(
        known,
        lookup=None,
        reason=None,
        details=NO_DETAILS,
        may_change=False,
        worth=None,
        deliveries=deliveries,
    )


def _ids(rule: EventRule, object_id: str) -> tuple[str, str]:
    """Return the object's id as it is stored, and the event id that Meta gets.

    For a customer neither is stored: the id is personal data, and the record's key, a hash of it,
    is enough.
    """
    if rule.kind is ObjectKind.CUSTOMER:
        return "", ""
    return object_id, rule.event_id(object_id)


def _worth(fact: Fact, settings: TenantSettings) -> Money | None:
    """Return an order's amount by the winery's rule; other objects have none."""
    minor = value_of(fact, settings=settings) if isinstance(fact, Order) else None
    return None if minor is None else Money(minor=minor, currency=settings.currency)


def _deliveries(
    event: Event, settings: TenantSettings, *, now: datetime, retry: RetryPolicy
) -> dict[Role, Delivery]:
    delivery = queued(now=now, policy=retry)
    if fact := missing_fact(event):
        delivery = parked(delivery, waits_for=fact.wait, reason=fact.reason, now=now)
    return dict.fromkeys(settings.roles(), delivery)

"""An order's signal comes in: record the event that it makes, once, and queue its sending."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.domain.delivery import CURRENCY_UNKNOWN, Delivery, DeliveryStatus, held, queued
from service.domain.event import Event, EventName
from service.domain.idempotency import event_id, event_key
from service.domain.mapping import Outcome, Waiting, order_source, purchase_for
from service.domain.matching import match_keys
from service.domain.order import Order
from service.domain.record import EventRecord, Status
from service.domain.schedule import SETTINGS_PROBE_EVERY, RetryPolicy
from service.domain.tenant import Role, TenantSettings
from service.ports import Events, Queue, QueueUnavailableError, Services, Stored
from service.usecases.payload import seal_event
from service.usecases.tasks import send_task


class Receipt(StrEnum):
    """What became of a signal; all of them are final for the sender."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    UNKNOWN_TENANT = "unknown tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The answer to one signal. `is_queued` is false when the sweep will have to enqueue it."""

    receipt: Receipt
    record: EventRecord | None = None
    is_queued: bool = True


def receive_order(order: Order, *, tenant_id: str, now: datetime, services: Services) -> Received:
    """Record and queue what the order means for this tenant.

    Raises:
        StoreUnavailableError: nothing is recorded; the signal must be sent again.
    """
    settings = services.tenants.settings(tenant_id)
    if settings is None:
        return Received(receipt=Receipt.UNKNOWN_TENANT)

    outcome = purchase_for(order, settings=settings, now=now)
    record = _record(order, outcome, tenant_id=tenant_id, now=now)
    if isinstance(outcome, Event):
        record = replace(
            record,
            deliveries=_deliveries(outcome, settings, now=now, retry=services.retry),
            payload=seal_event(outcome, tenant_id=tenant_id, vault=services.vault),
        )

    written = services.events.add(record) or _upgrade(record, events=services.events)
    if written is None:
        return Received(receipt=Receipt.DUPLICATE, record=record)
    is_queued = _enqueue(written.record, queue=services.queue)
    return Received(receipt=Receipt.RECORDED, record=written.record, is_queued=is_queued)


def _record(order: Order, outcome: Outcome, *, tenant_id: str, now: datetime) -> EventRecord:
    source = order_source(order)
    bare = EventRecord(
        tenant_id=tenant_id,
        key=event_key(tenant_id, source, EventName.PURCHASE),
        name=EventName.PURCHASE,
        event_id=event_id(source),
        object_kind=source.kind,
        object_id=source.id,
        object_number=order.number,
        channel=order.channel,
        received_at=now,
        updated_at=now,
        occurred_at=order.paid_at or order.submitted_at,
    )
    if not isinstance(outcome, Event):
        state = Status.WAITING if isinstance(outcome, Waiting) else Status.SKIPPED
        return replace(bare, state=state, reason=outcome.reason)
    return replace(
        bare,
        occurred_at=outcome.occurred_at,
        custom=outcome.custom,
        match_keys=match_keys(outcome.identity),
        data_use_rule=outcome.data_use.rule,
    )


def _deliveries(
    event: Event, settings: TenantSettings, *, now: datetime, retry: RetryPolicy
) -> dict[Role, Delivery]:
    delivery = queued(now=now, policy=retry)
    if event.custom.lacks_currency:
        until = now + SETTINGS_PROBE_EVERY
        delivery = held(delivery, reason=CURRENCY_UNKNOWN, until=until)
    return dict.fromkeys(settings.roles(), delivery)


def _upgrade(record: EventRecord, *, events: Events) -> Stored | None:
    """Write the record over one that waited for it; whoever is not first has a duplicate."""
    while stored := events.find(record.tenant_id, record.key):
        is_news = stored.record.status is Status.WAITING and record.status is not Status.WAITING
        if not is_news:
            return None
        if written := events.replace(stored, record):
            return written
    return None


def _enqueue(record: EventRecord, *, queue: Queue) -> bool:
    queued_now = {
        role: delivery
        for role, delivery in record.deliveries.items()
        if delivery.status is DeliveryStatus.QUEUED
    }
    try:
        for role, delivery in queued_now.items():
            queue.enqueue(send_task(record, role, delivery))
    except QueueUnavailableError:
        return False
    return True

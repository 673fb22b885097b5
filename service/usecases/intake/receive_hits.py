"""Receive what the storefront's snippet tells: record its events, and enqueue their deliveries."""

from datetime import datetime

from service.domain.events.event import Event
from service.domain.events.idempotency import event_key
from service.domain.mapping.visit import Visit
from service.domain.mapping.website import action_of, website_events
from service.domain.records.record import EventRecord
from service.domain.records.waiting import kinds_of
from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.intake.build_record import with_event
from service.usecases.tasks import enqueue_steps, unstored
from service.usecases.tenants.record_progress import record_snippet_seen

PAGE = "page"
"""The kind of object of a website event."""


def receive_hits(
    visit: Visit, *, tenant: Tenant, host: str, now: datetime, services: Services
) -> int:
    """Enqueue the events of the visit's hits, which came from this host of the tenant's shop.

    Return how many there are. Each event costs the store two writes and no read for its first
    pixel: the lease of its attempt creates its record. One whose record exists already is a
    repeated beacon's, or another page's that tells of the same action.

    Raises:
        StoreUnavailableError: some events are neither enqueued nor recorded.
    """
    record_snippet_seen(tenant, host, visit.beacon.other_pixel, at=now, services=services)
    events = website_events(visit, tenant=tenant, now=now)
    for event in events:
        _record(event, tenant=tenant, now=now, services=services)
    return len(events)


def _record(event: Event, *, tenant: Tenant, now: datetime, services: Services) -> None:
    bare = EventRecord(
        tenant_id=tenant.id,
        key=event_key(tenant.id, kind=PAGE, object_id=action_of(event), name=event.name),
        name=event.name,
        event_id=event.event_id,
        object_kind=PAGE,
        object_id="",
        received_at=now,
        updated_at=now,
    )
    record = with_event(bare, event, tenant=tenant, services=services)
    if kinds_of(record) or not _is_queued(record, services=services):
        schedule_recheck(record, now=now, services=services)
        services.events.add(record)  # it waits, or is due, and the sweep makes its task


def _is_queued(record: EventRecord, *, services: Services) -> bool:
    """Enqueue the record's deliveries, and tell whether the queue took them.

    The record goes with its tasks, and the first attempt's lease creates it
    (docs/adr/0035-hits-travel-in-their-tasks.md).
    """
    try:
        enqueue_steps(record, queue=services.queue, carried=unstored(record))
    except QueueUnavailableError:
        return False
    return True

"""What deliveries were held for has come: queue them."""

from dataclasses import replace
from datetime import datetime

from service.domain.delivery import DeliveryStatus, released
from service.domain.record import EventRecord
from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import enqueue_steps

_AT_ONCE = 200


def release_held(tenant_id: str, *, reason: str, now: datetime, services: Services) -> int:
    """Queue the tenant's deliveries that are held for this reason, and return how many events.

    At most 200, the oldest first; the others look for themselves when their hold ends.

    Raises:
        StoreUnavailableError: the rest looks for itself.
    """
    count = 0
    for stored in services.events.held(tenant_id, limit=_AT_ONCE):
        record = _released(stored.record, reason, now=now, services=services)
        written = services.events.replace(stored, record) if record else None
        if written is None:
            continue
        count += 1
        try:
            enqueue_steps(written.record, queue=services.queue)
        except QueueUnavailableError:
            break  # what is queued is due; the sweep finds it
    return count


def _released(
    record: EventRecord, reason: str, *, now: datetime, services: Services
) -> EventRecord | None:
    waiting = {
        role: released(delivery, now=now, policy=services.retry)
        for role, delivery in record.deliveries.items()
        if delivery.status is DeliveryStatus.HELD and delivery.reason == reason
    }
    if not waiting:
        return None
    return replace(record, deliveries={**record.deliveries, **waiting}, updated_at=now)

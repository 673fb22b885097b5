"""Have an event fetched again whose data is no longer stored."""

from contextlib import suppress
from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.steps import redriven
from service.domain.events.reason import Reason
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.ports import QueueUnavailableError, Services, Stored
from service.usecases.tasks import lookup_task


def refetch_lookup(record: EventRecord, *, at: datetime, services: Services) -> Lookup:
    """Return the look-up of the record's object, to be done at that time.

    It keeps the time of receipt, so that the row keeps its place in the log.
    """
    return Lookup(
        sealed_id=services.vault.seal(record.tenant_id, record.object_id.encode()),
        asked_at=record.received_at,
        not_before=at,
        due_at=at + services.retry.requeue_after,
    )


def request_refetch(
    stored: Stored, role: Role, *, now: datetime, services: Services
) -> Stored | None:
    """Let the role's delivery wait for a look-up; `None` if another process wrote the record.

    Raises:
        StoreUnavailableError: nothing is recorded; try again.
    """
    record = stored.record
    waiting = redriven(record.deliveries[role], reason=Reason.ASKED_AGAIN, due_at=None, now=now)
    lookup = refetch_lookup(record, at=now, services=services)
    deliveries = {**record.deliveries, role: waiting}
    written = services.events.replace(
        stored, replace(record, deliveries=deliveries, lookup=lookup, updated_at=now)
    )
    if written:
        with suppress(QueueUnavailableError):  # it is due; the sweep finds it
            services.queue.enqueue(lookup_task(written.record))
    return written

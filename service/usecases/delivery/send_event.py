"""Handle a send task: attempt one delivery, if it is still open."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.delivery.judgement import judged
from service.domain.delivery.steps import leased
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from service.domain.events.rejected_fields import has_field
from service.domain.records.record import EventRecord
from service.domain.tenants.progress import Verified, token_fingerprint
from service.domain.tenants.tenant import Role
from service.ports import QueueUnavailableError, Services, Stored
from service.usecases.delivery.join_visit import join_visit
from service.usecases.delivery.pixel_state import record_result
from service.usecases.delivery.prepare_attempt import PreparedAttempt, prepare_attempt
from service.usecases.delivery.refetch import request_refetch
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.tasks import postponed_task
from service.usecases.tenants.installed_tenant import known_tenant
from service.usecases.tenants.record_progress import record_sent

# Two pixels share a record, so their tasks may write at the same moment: read and try again.
_SWAPS = 5


class Attempted(StrEnum):
    """The result of one call; `BUSY` and `RETRY` make the queue call again."""

    NOTHING = "nothing left to do"
    BUSY = "too early, or another attempt is under way"
    FINISHED = "finished"
    HELD = "held"
    RETRY = "to be tried again"


class SendResult(Struct, frozen=True, kw_only=True):
    """The result of one call, and the delivery's new state."""

    attempted: Attempted
    delivery: Delivery | None = None


def send_event(
    tenant_id: str,
    event_key: str,
    *,
    role: Role,
    services: Services,
    carried: Stored | None = None,
) -> SendResult:
    """Attempt the delivery once, or record why not.

    A record that the task `carried` need not be read, unless it was written since. The attempt's
    lease creates one that is not stored yet, which then costs two writes and no read.

    Raises:
        StoreUnavailableError: the outcome may not be recorded. The lease then expires, and the
            same event is attempted again with the same id.
    """
    if carried and (result := _send_once(carried, role=role, services=services)):
        return result
    for _ in range(_SWAPS):
        stored = services.events.find(tenant_id, event_key)
        if result := _send_once(stored, role=role, services=services):
            return result
    return SendResult(attempted=Attempted.BUSY)


def _write(stored: Stored, record: EventRecord, *, services: Services) -> Stored | None:
    """Write the record over `stored`; `None` if another process wrote it first."""
    events = services.events
    return events.replace(stored, record) if stored.revision else events.add(record)


def _send_once(stored: Stored | None, *, role: Role, services: Services) -> SendResult | None:
    """Do the same, or return `None` if another process wrote the record first: try again."""
    now = services.clock()
    delivery = stored.record.deliveries.get(role) if stored else None
    if stored is None or delivery is None or delivery.is_final:
        return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
    is_too_late = stored.record.is_expired(now) and delivery.is_idle
    if stored.record.needs_refetch and not is_too_late:
        return SendResult(attempted=Attempted.HELD, delivery=delivery)  # its look-up is not done
    if not (delivery.is_open(now) or is_too_late):
        # A parked delivery gets a new task when it is released; the queue need not retry this one.
        attempted = Attempted.HELD if delivery.waits_for else Attempted.BUSY
        return SendResult(attempted=attempted, delivery=delivery)
    return _decide(stored, role, now=now, services=services)


def _decide(stored: Stored, role: Role, *, now: datetime, services: Services) -> SendResult | None:
    """Attempt the open delivery, unless something is in the way or its visit is still expected."""
    delivery = stored.record.deliveries[role]
    tenant = known_tenant(stored.record.tenant_id, services=services)
    joined = join_visit(stored.record, tenant, now=now, services=services)
    record = joined.record
    if joined.look_again_at and _is_postponed(
        record, role, joined.look_again_at, now=now, services=services
    ):
        return SendResult(attempted=Attempted.HELD, delivery=delivery)
    if joined.is_refused:
        # For both pixels: the shopper may agree before the other one's turn.
        refused = record.given_up(Reason.SHOPPER_REFUSED, now=now)
        return _settle(stored, refused, role, services=services)
    decided = prepare_attempt(record, role, tenant, now=now, services=services)
    if decided is None:
        asked = request_refetch(stored, role, now=now, services=services)
        return SendResult(attempted=Attempted.HELD, delivery=delivery) if asked else None
    if isinstance(decided, Delivery):
        return _settle(
            stored, record.with_delivery(role, decided, now=now), role, services=services
        )
    record = replace(record, custom=decided.custom)
    return _attempt(stored, record, decided, role=role, services=services)


def _is_postponed(
    record: EventRecord, role: Role, until: datetime, *, now: datetime, services: Services
) -> bool:
    """Enqueue the delivery's task for that time; without a queue it does not wait."""
    try:
        services.queue.enqueue(postponed_task(record, role, until=until, now=now))
    except QueueUnavailableError:
        return False
    return True


def _attempt(
    stored: Stored,
    record: EventRecord,
    prepared: PreparedAttempt,
    *,
    role: Role,
    services: Services,
) -> SendResult | None:
    """Attempt the delivery; `record`, with its lease, is written over the stored one."""
    now = services.clock()
    delivery = leased(
        record.deliveries[role], lease_id=services.new_id(), pixel_id=prepared.pixel_id, now=now
    )
    owned = _write(stored, record.with_delivery(role, delivery, now=now), services=services)
    if owned is None or delivery.is_open(services.clock()):
        return None  # the lease expired while this process was frozen: another may have sent it
    verdict = services.conversions.send(
        prepared.event, pixel_id=prepared.pixel_id, token=prepared.token
    )
    if verdict.refused_key and not has_field(prepared.event, verdict.refused_key):
        verdict = replace(verdict, refused_key=None)  # the event has no such field to drop
    return _record_verdict(owned, role, verdict, prepared=prepared, services=services)


def _record_verdict(
    owned: Stored, role: Role, verdict: Verdict, *, prepared: PreparedAttempt, services: Services
) -> SendResult:
    """Write the outcome; repeat if another process writes the record in between."""
    lease_id = owned.record.deliveries[role].lease_id
    current: Stored | None = owned
    while current is not None:
        delivery = current.record.deliveries.get(role)
        if delivery is None:
            break  # the record was erased during the request to Meta
        # After an overlong attempt another process has the lease; only an acceptance still counts.
        is_ours = delivery.lease_id == lease_id and not delivery.is_final
        is_better = verdict.answer is Answer.ACCEPTED and delivery.status is not DeliveryStatus.SENT
        if not (is_ours or is_better):
            return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
        now = services.clock()
        after = judged(delivery, verdict, now=now, policy=services.retry)
        record = current.record.with_delivery(role, after, now=now)
        if after.waits_for:  # before the record is written, so that its release is certain
            _record_on_breaker(
                record, role, verdict, after=after, prepared=prepared, services=services
            )
            schedule_recheck(record, now=now, services=services)
        if services.events.replace(current, record):
            if not after.waits_for:
                _record_on_breaker(
                    record, role, verdict, after=after, prepared=prepared, services=services
                )
            if after.status is DeliveryStatus.SENT:
                mark = token_fingerprint(prepared.token)
                sent = Verified(at=now, pixel_id=prepared.pixel_id, mark=mark)
                record_sent(prepared.tenant, role, sent, services=services)
            return SendResult(attempted=_attempted(after), delivery=after)
        current = services.events.find(current.record.tenant_id, current.record.key)
    return SendResult(attempted=Attempted.NOTHING)


def _record_on_breaker(
    record: EventRecord,
    role: Role,
    verdict: Verdict,
    *,
    after: Delivery,
    prepared: PreparedAttempt,
    services: Services,
) -> None:
    now = services.clock()
    record_result(
        record, role, verdict, after=after, sealed=prepared.sealed, now=now, services=services
    )


def _settle(
    stored: Stored, record: EventRecord, role: Role, *, services: Services
) -> SendResult | None:
    """Write the record, whose delivery to this role is ended or parked, over the stored one."""
    delivery = record.deliveries[role]
    schedule_recheck(record, now=record.updated_at, services=services)
    if _write(stored, record, services=services) is None:
        return None
    return SendResult(attempted=_attempted(delivery), delivery=delivery)


def _attempted(delivery: Delivery) -> Attempted:
    if delivery.is_final:
        return Attempted.FINISHED
    return Attempted.HELD if delivery.waits_for else Attempted.RETRY

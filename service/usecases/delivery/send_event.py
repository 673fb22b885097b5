"""A task comes back: attempt one delivery, if it is still to be attempted."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.delivery.judgement import judged
from service.domain.delivery.steps import leased
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.rejected_fields import has_field
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.ports import Services, Stored
from service.usecases.delivery.pixel_state import record_result
from service.usecases.delivery.prepare_attempt import PreparedAttempt, prepare_attempt
from service.usecases.delivery.schedule_recheck import schedule_recheck
from service.usecases.tenants.record_progress import record_first_sent

# Two pixels share a record, so their tasks may write at the same moment: look again, not later.
_SWAPS = 5


class Attempted(StrEnum):
    """What one call did; `BUSY` and `RETRY` ask the queue to call again."""

    NOTHING = "nothing left to do"
    BUSY = "too early, or another attempt is under way"
    FINISHED = "finished"
    HELD = "held"
    RETRY = "to be tried again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What the call did, and the delivery as it now stands."""

    attempted: Attempted
    delivery: Delivery | None = None


def send_event(tenant_id: str, event_key: str, *, role: Role, services: Services) -> SendResult:
    """Attempt the delivery once, or record why not.

    Raises:
        StoreUnavailableError: the outcome may not be recorded. The lease then runs out by itself
            and the same event, with the same id, is attempted again.
    """
    for _ in range(_SWAPS):
        if result := _send_once(tenant_id, event_key, role=role, services=services):
            return result
    return SendResult(attempted=Attempted.BUSY)


def _send_once(
    tenant_id: str, event_key: str, *, role: Role, services: Services
) -> SendResult | None:
    """Do it, or return `None` if the other role's delivery wrote first: then look again."""
    now = services.clock()
    stored = services.events.find(tenant_id, event_key)
    delivery = stored.record.deliveries.get(role) if stored else None
    if stored is None or delivery is None or delivery.is_final:
        return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
    is_too_late = stored.record.is_expired(now) and delivery.is_idle
    if stored.record.is_asked_again and not is_too_late:
        return SendResult(attempted=Attempted.HELD, delivery=delivery)  # there is no event yet
    if not (delivery.is_open(now) or is_too_late):
        # What waits is released with a task of its own; the queue need not call until then.
        attempted = Attempted.HELD if delivery.waits_for else Attempted.BUSY
        return SendResult(attempted=attempted, delivery=delivery)
    decided = prepare_attempt(stored.record, role, now=now, services=services)
    if isinstance(decided, Delivery):
        return _settle(stored, role, decided, now=now, services=services)
    return _attempt(stored, role, decided, now=now, services=services)


def _attempt(
    stored: Stored, role: Role, shot: PreparedAttempt, *, now: datetime, services: Services
) -> SendResult | None:
    lease_id = services.new_id()
    delivery = leased(
        stored.record.deliveries[role], lease_id=lease_id, pixel_id=shot.pixel_id, now=now
    )
    record = replace(stored.record, custom=shot.custom)
    owned = services.events.replace(stored, record.with_delivery(role, delivery, now=now))
    if owned is None or delivery.is_open(services.clock()):
        return None  # a process that was frozen since has lost its lease: another may have sent it
    verdict = services.conversions.send(shot.event, pixel_id=shot.pixel_id, token=shot.token)
    if verdict.refused_key and not has_field(shot.event, verdict.refused_key):
        verdict = replace(verdict, refused_key=None)  # without what it has not it stays as it is
    return _record_verdict(owned, role, verdict, shot=shot, services=services)


def _record_verdict(
    owned: Stored, role: Role, verdict: Verdict, *, shot: PreparedAttempt, services: Services
) -> SendResult:
    """Write the outcome, again and again if the other role's delivery writes in between."""
    lease_id = owned.record.deliveries[role].lease_id
    current: Stored | None = owned
    while current is not None:
        delivery = current.record.deliveries.get(role)
        if delivery is None:
            break  # it was erased while Meta was asked
        # After an overlong attempt the lease is another's; only "Meta has it" is still news.
        is_ours = delivery.lease_id == lease_id and not delivery.is_final
        is_better = verdict.answer is Answer.ACCEPTED and delivery.status is not DeliveryStatus.SENT
        if not (is_ours or is_better):
            return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
        now = services.clock()
        after = judged(delivery, verdict, now=now, policy=services.retry)
        record = current.record.with_delivery(role, after, now=now)
        if after.waits_for:  # before it is written: what waits must be sure to be released
            _tell(record, role, verdict, after=after, shot=shot, services=services)
            schedule_recheck(record, now=now, services=services)
        if services.events.replace(current, record):
            if not after.waits_for:
                _tell(record, role, verdict, after=after, shot=shot, services=services)
            if after.status is DeliveryStatus.SENT:
                record_first_sent(current.record.tenant_id, at=now, services=services)
            return SendResult(attempted=_asks_for(after), delivery=after)
        current = services.events.find(current.record.tenant_id, current.record.key)
    return SendResult(attempted=Attempted.NOTHING)


def _tell(
    record: EventRecord,
    role: Role,
    verdict: Verdict,
    *,
    after: Delivery,
    shot: PreparedAttempt,
    services: Services,
) -> None:
    now = services.clock()
    record_result(
        record, role, verdict, after=after, sealed=shot.sealed, now=now, services=services
    )


def _settle(
    stored: Stored, role: Role, delivery: Delivery, *, now: datetime, services: Services
) -> SendResult | None:
    record = stored.record.with_delivery(role, delivery, now=now)
    schedule_recheck(record, now=now, services=services)
    if services.events.replace(stored, record) is None:
        return None
    return SendResult(attempted=_asks_for(delivery), delivery=delivery)


def _asks_for(delivery: Delivery) -> Attempted:
    if delivery.is_final:
        return Attempted.FINISHED
    return Attempted.HELD if delivery.waits_for else Attempted.RETRY

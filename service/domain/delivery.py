"""One event on its way to one pixel: its states, and the pure steps between them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.domain.schedule import (
    LEASE_FOR,
    MAX_ATTEMPTS,
    THROTTLED_FOR,
    TOKEN_PROBE_EVERY,
    RetryPolicy,
)
from service.domain.verdict import Answer, Verdict


class DeliveryStatus(StrEnum):
    """Where a delivery stands; the last three are final."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    HELD = "held"
    SENT = "sent"
    ERROR = "error"
    SKIPPED = "skipped"


CURRENCY_UNKNOWN = "currency unknown"
"""The reason of a hold until the shop's currency is known."""

UNINSTALL_REPORTED = "an uninstall was reported, and Commerce7 does not say whether it is so"
"""The reason of a hold until Commerce7 answers."""

FINAL = frozenset({DeliveryStatus.SENT, DeliveryStatus.ERROR, DeliveryStatus.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event going to one role's pixel.

    `not_before` guards against early and doubled tasks: until then an attempt, a pause or a hold
    is still running. `due_at` is when the sweep looks after it; final deliveries have none.
    `attempts` minus `answered` is how often the answer was lost, so how often Meta may have seen
    the same event id twice. `pixel_id` is the pixel that the last attempt really used.
    """

    status: DeliveryStatus = DeliveryStatus.QUEUED
    reason: str | None = None
    attempts: int = 0
    answered: int = 0
    not_before: datetime | None = None
    due_at: datetime | None = None
    lease_id: str | None = None
    pixel_id: str | None = None
    code: int | None = None
    subcode: int | None = None
    trace_id: str | None = None
    finished_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        return self.status in FINAL

    @property
    def is_idle(self) -> bool:
        """Tell whether it waits for something, and no attempt is under way."""
        return not self.is_final and self.status is not DeliveryStatus.SENDING

    def is_open(self, now: datetime) -> bool:
        """Tell whether an attempt may start now."""
        return not self.is_final and (self.not_before is None or now >= self.not_before)

    def is_due(self, now: datetime) -> bool:
        """Tell whether its task seems to be lost, or its hold over."""
        return self.due_at is not None and now >= self.due_at


def queued(*, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return a new delivery that a task is about to be made for."""
    return Delivery(due_at=now + policy.requeue_after)


def held(delivery: Delivery, *, reason: str, until: datetime) -> Delivery:
    """Return the delivery waiting, for a reason that is not its own fault, until then."""
    return replace(
        delivery,
        status=DeliveryStatus.HELD,
        reason=reason,
        not_before=until,
        due_at=until,
        lease_id=None,
    )


def closed(
    delivery: Delivery, *, status: DeliveryStatus, reason: str | None, now: datetime
) -> Delivery:
    """Return the delivery ended for good."""
    return replace(
        delivery,
        status=status,
        reason=reason,
        not_before=None,
        due_at=None,
        lease_id=None,
        finished_at=now,
    )


def leased(delivery: Delivery, *, lease_id: str, pixel_id: str, now: datetime) -> Delivery:
    """Return the delivery owned by one attempt, which is counted before it is made.

    Counted first, so that a killed attempt is one too.
    """
    return replace(
        delivery,
        status=DeliveryStatus.SENDING,
        reason=None,
        attempts=delivery.attempts + 1,
        lease_id=lease_id,
        pixel_id=pixel_id,
        not_before=now + LEASE_FOR,
        due_at=now + LEASE_FOR,
    )


def requeued(delivery: Delivery, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return the delivery with a fresh task about to be made; an expired lease ends."""
    is_orphan = delivery.status is DeliveryStatus.SENDING
    return replace(
        delivery,
        status=DeliveryStatus.QUEUED if is_orphan else delivery.status,
        lease_id=None if is_orphan else delivery.lease_id,
        due_at=now + policy.requeue_after,
    )


def released(delivery: Delivery, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return a held delivery queued again, since what it waited for has come."""
    return replace(
        delivery,
        status=DeliveryStatus.QUEUED,
        reason=None,
        not_before=None,
        due_at=now + policy.requeue_after,
    )


def judged(delivery: Delivery, verdict: Verdict, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return the leased delivery after its attempt was answered, or its answer lost."""
    noted = replace(
        delivery,
        answered=delivery.answered + verdict.answered,
        code=verdict.code,
        subcode=verdict.subcode,
        trace_id=verdict.trace_id,
    )
    match verdict.answer:
        case Answer.ACCEPTED:
            return closed(noted, status=DeliveryStatus.SENT, reason=None, now=now)
        case Answer.PERMANENT:
            return closed(noted, status=DeliveryStatus.ERROR, reason=verdict.explanation, now=now)
        case Answer.THROTTLED:
            until = now + (verdict.retry_after or THROTTLED_FOR)
            return held(_uncounted(noted), reason=verdict.explanation, until=until)
        case Answer.TOKEN:
            until = now + TOKEN_PROBE_EVERY
            return held(_uncounted(noted), reason=verdict.explanation, until=until)
        case Answer.TRANSIENT:
            return _retrying(noted, verdict.explanation, now=now, policy=policy)


def _uncounted(delivery: Delivery) -> Delivery:
    # Neither throttling nor a dead token is the event's fault: they use up no attempt.
    return replace(delivery, attempts=delivery.attempts - 1, answered=delivery.answered - 1)


def _retrying(
    delivery: Delivery, explanation: str, *, now: datetime, policy: RetryPolicy
) -> Delivery:
    if delivery.attempts >= MAX_ATTEMPTS:
        reason = f"{explanation} (tried {delivery.attempts} times)"
        return closed(delivery, status=DeliveryStatus.ERROR, reason=reason, now=now)
    return replace(
        delivery,
        status=DeliveryStatus.RETRYING,
        reason=explanation,
        lease_id=None,
        not_before=now + policy.earliest_retry_after(delivery.attempts),
        due_at=now + policy.pause_after(delivery.attempts) + policy.requeue_after,
    )

"""How the vendor's answer changes a delivery. Pure."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, DeliveryStatus, Try, Wait
from service.domain.delivery.schedule import MAX_ATTEMPTS, RetryPolicy
from service.domain.delivery.steps import closed, noted, parked
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Details, Reason


def judged(delivery: Delivery, verdict: Verdict, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return the leased delivery after the attempt's answer, which may have been lost."""
    after = with_answer(delivery, verdict, now=now)
    match verdict.answer:
        case Answer.ACCEPTED:
            details = Details(without=", ".join(after.dropped))
            reason = Reason.SENT_WITHOUT if after.dropped else None
            return closed(
                after, status=DeliveryStatus.SENT, reason=reason, details=details, now=now
            )
        case Answer.PERMANENT:
            return _refused(after, verdict, now=now, policy=policy)
        case Answer.THROTTLED:
            until = now + (verdict.retry_after or policy.throttled_for)
            return _held(after, Wait.PACE, verdict, now=now, until=until)
        case Answer.TOKEN:
            until = now + policy.token_probe_every
            return _held(after, Wait.TOKEN, verdict, now=now, until=until)
        case Answer.TRANSIENT:
            return _failed(after, verdict, now=now, policy=policy)


def with_answer(delivery: Delivery, verdict: Verdict, *, now: datetime) -> Delivery:
    """Return the delivery with the answer to its attempt, which began at `leased_at`."""
    started_at = delivery.leased_at or now
    made = Try(
        at=started_at,
        took=now - started_at,
        answer=verdict.answer,
        explanation=verdict.reason,
        code=verdict.code,
        subcode=verdict.subcode,
        http_status=verdict.http_status,
        trace_id=verdict.trace_id,
    )
    return replace(
        noted(delivery, made),
        answered=delivery.answered + verdict.answered,
        code=verdict.code,
        subcode=verdict.subcode,
        trace_id=verdict.trace_id,
    )


def _refused(
    delivery: Delivery, verdict: Verdict, *, now: datetime, policy: RetryPolicy
) -> Delivery:
    """Return the delivery set to retry without the one key that was refused, or closed."""
    key = verdict.refused_key
    # Leaving out the first key uses up no attempt: the same attempt is made again without it.
    spent = delivery.spent if delivery.dropped else delivery.spent - 1
    if key is None or key in delivery.dropped or spent >= MAX_ATTEMPTS:
        return closed(
            delivery,
            status=DeliveryStatus.ERROR,
            reason=verdict.reason,
            details=verdict.details,
            now=now,
        )
    return replace(
        delivery,
        status=DeliveryStatus.RETRYING,
        reason=verdict.reason,
        details=replace(verdict.details, without=key),
        dropped=(*delivery.dropped, key),
        spent=spent,
        lease_id=None,
        leased_at=None,
        not_before=now,
        due_at=now + policy.requeue_after,
    )


def _held(
    delivery: Delivery, waits_for: Wait, verdict: Verdict, *, now: datetime, until: datetime
) -> Delivery:
    # Neither throttling nor a dead token is the event's fault: they use up no attempt.
    uncounted = replace(
        delivery,
        attempts=delivery.attempts - 1,
        answered=delivery.answered - 1,
        spent=delivery.spent - 1,
    )
    return parked(
        uncounted,
        waits_for=waits_for,
        reason=verdict.reason,
        details=verdict.details,
        now=now,
        until=until,
    )


def _failed(
    delivery: Delivery, verdict: Verdict, *, now: datetime, policy: RetryPolicy
) -> Delivery:
    if delivery.spent >= MAX_ATTEMPTS or delivery.is_revived:
        return parked(
            delivery,
            waits_for=Wait.VENDOR,
            reason=verdict.reason,
            details=replace(verdict.details, tried=delivery.attempts),
            now=now,
            until=now + policy.slow_retry_every,
        )
    return replace(
        delivery,
        status=DeliveryStatus.RETRYING,
        reason=verdict.reason,
        details=verdict.details,
        lease_id=None,
        leased_at=None,
        not_before=now + policy.earliest_retry_after(delivery.spent),
        due_at=now + policy.pause_after(delivery.spent) + policy.requeue_after,
    )

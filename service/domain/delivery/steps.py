"""The steps of a delivery between its attempts. Pure."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.delivery import MOST_TRIES_KEPT, Delivery, DeliveryStatus, Try, Wait
from service.domain.delivery.schedule import LEASE_FOR, RetryPolicy
from service.domain.events.reason import NO_DETAILS, Details, Reason


def queued(*, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return a new delivery, for which a task is about to be made."""
    return Delivery(queued_at=now, due_at=now + policy.requeue_after)


def parked(
    delivery: Delivery,
    *,
    waits_for: Wait,
    reason: Reason,
    details: Details = NO_DETAILS,
    now: datetime,
    until: datetime | None = None,
) -> Delivery:
    """Return the delivery parked until `waits_for` is over, and not before `until`."""
    return replace(
        delivery,
        status=DeliveryStatus.ERROR if waits_for is Wait.VENDOR else DeliveryStatus.HELD,
        reason=reason,
        details=details,
        waits_for=waits_for,
        not_before=until or now,
        due_at=None,
        lease_id=None,
        leased_at=None,
    )


def closed(
    delivery: Delivery,
    *,
    status: DeliveryStatus,
    reason: Reason | None,
    details: Details = NO_DETAILS,
    now: datetime,
) -> Delivery:
    """Return the delivery ended for good."""
    return replace(
        delivery,
        status=status,
        reason=reason,
        details=details,
        waits_for=None,
        not_before=None,
        due_at=None,
        lease_id=None,
        leased_at=None,
        finished_at=now,
    )


def leased(delivery: Delivery, *, lease_id: str, pixel_id: str, now: datetime) -> Delivery:
    """Return the delivery leased to one attempt.

    The attempt is counted before it is made, so that one that is killed counts too.
    """
    ready = _resumed(delivery, now=now)
    return replace(
        ready,
        status=DeliveryStatus.SENDING,
        reason=None,
        details=NO_DETAILS,
        attempts=ready.attempts + 1,
        spent=ready.spent + 1,
        lease_id=lease_id,
        leased_at=now,
        pixel_id=pixel_id,
        not_before=now + LEASE_FOR,
        due_at=now + LEASE_FOR,
    )


def requeued(delivery: Delivery, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return the delivery for which a new task is about to be made; an expired lease ends."""
    due_at = now + policy.requeue_after
    if delivery.status is not DeliveryStatus.SENDING:
        return replace(delivery, due_at=due_at)
    orphan = noted(delivery, Try(at=delivery.leased_at or now, explanation=Reason.CUT_SHORT))
    return replace(
        orphan, status=DeliveryStatus.QUEUED, lease_id=None, leased_at=None, due_at=due_at
    )


def released(delivery: Delivery, *, now: datetime, policy: RetryPolicy) -> Delivery:
    """Return a parked delivery queued again, since its wait is over."""
    return replace(
        _resumed(delivery, now=now),
        status=DeliveryStatus.QUEUED,
        reason=None,
        details=NO_DETAILS,
        not_before=None,
        due_at=now + policy.requeue_after,
    )


def redriven(
    delivery: Delivery, *, reason: Reason | None, due_at: datetime | None, now: datetime
) -> Delivery:
    """Return a failed delivery queued for another run, at a staff member's request.

    Like a slow retry, it must not delay new deliveries.
    """
    return replace(
        delivery,
        status=DeliveryStatus.QUEUED,
        reason=reason,
        details=NO_DETAILS,
        waits_for=None,
        is_revived=True,
        spent=0,
        not_before=None,
        due_at=due_at,
        finished_at=None,
        resumed_at=now,
    )


def noted(delivery: Delivery, made: Try) -> Delivery:
    """Return the delivery with one more attempt recorded."""
    return replace(delivery, tries=(*delivery.tries, made)[-MOST_TRIES_KEPT:])


def _resumed(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return the delivery under way again, in a new run if its last one was used up."""
    if delivery.waits_for is None:
        return delivery
    under_way = replace(delivery, waits_for=None, resumed_at=now)
    if delivery.waits_for is not Wait.VENDOR:
        return under_way
    return replace(under_way, is_revived=True, spent=0)

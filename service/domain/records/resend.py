"""Whether, and how, an event that failed can be sent again. Pure.

Only deliveries that ended in an error are resent: a pixel never gets an event that it has accepted.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import redriven
from service.domain.events.event import EVENT_WINDOW, STORE_WINDOW, EventName
from service.domain.events.reason import Reason
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Role, Tenant
from service.domain.tenants.wanted import why_unwanted

_CAN_BE_ASKED_FOR = frozenset({ObjectKind.ORDER, ObjectKind.MEMBERSHIP, ObjectKind.RESERVATION})


class ResendMethod(StrEnum):
    """Where a resent event comes from: it is still kept, or its object is looked up again."""

    KEPT = "kept"
    ASKED_FOR = "asked for"


def resend_eligibility(
    record: EventRecord, tenant: Tenant, *, now: datetime
) -> ResendMethod | Reason | None:
    """Return how the event can be resent, or why it cannot be; `None` if it did not fail."""
    if is_not_set_up(record):
        return _eligibility_before_setup(record, tenant, now=now)
    failed = failed_roles(record)
    if not failed:
        return None
    if hopeless := _why_hopeless(record, failed, now=now):
        return hopeless
    obstacles = [_why_not(record, role, tenant) for role in failed]
    if all(obstacles):
        return obstacles[0]
    return ResendMethod.KEPT if record.payload else _eligibility_of_refetch(record)


def _why_hopeless(record: EventRecord, failed: Collection[Role], *, now: datetime) -> Reason | None:
    if record.is_test:
        return Reason.A_TEST
    if record.is_expired(now):
        return Reason.TOO_OLD
    is_gone = all(record.deliveries[role].reason is Reason.GONE for role in failed)
    return Reason.KNOWN_TO_BE_GONE if is_gone else None


def failed_roles(record: EventRecord) -> list[Role]:
    """Return the roles whose delivery ended in an error."""
    deliveries = record.deliveries.items()
    return [role for role, each in deliveries if each.status is DeliveryStatus.ERROR]


def roles_to_send(record: EventRecord, tenant: Tenant) -> list[Role]:
    """Return the failed roles whose pixel may still get the event."""
    return [role for role in failed_roles(record) if not _why_not(record, role, tenant)]


def _why_not(record: EventRecord, role: Role, tenant: Tenant) -> Reason | None:
    # The winery's two pixels may have been swapped since.
    deliveries = record.deliveries.values()
    taken = {each.pixel_id for each in deliveries if each.status is DeliveryStatus.SENT}
    if tenant.settings.pixel_of(role) in taken - {""}:
        return Reason.TAKEN
    unwanted = why_unwanted(tenant, record.name, channel=record.channel, role=role)
    return unwanted.reason if unwanted else None


def is_not_set_up(record: EventRecord) -> bool:
    """Tell whether it was skipped for want of a pixel; the staff may have it looked up again."""
    is_skipped = record.status is Status.SKIPPED and not record.deliveries
    return is_skipped and record.reason is Reason.NOT_SET_UP and record.lookup is None


def resent(
    record: EventRecord,
    roles: Collection[Role],
    *,
    lookup: Lookup | None,
    now: datetime,
    policy: RetryPolicy,
) -> EventRecord:
    """Return the record with these deliveries queued anew; with a `lookup` they wait for it."""
    due_at = None if lookup else now + policy.requeue_after
    reason = Reason.ASKED_AGAIN if lookup else None
    again = {
        role: redriven(record.deliveries[role], reason=reason, due_at=due_at, now=now)
        for role in roles
    }
    return replace(record, deliveries={**record.deliveries, **again}, lookup=lookup, updated_at=now)


def _eligibility_before_setup(
    record: EventRecord, tenant: Tenant, *, now: datetime
) -> ResendMethod | Reason:
    # The event's time is not known yet, but it lies before the receipt.
    window = STORE_WINDOW if record.channel == Channel.POS else EVENT_WINDOW
    if now >= record.received_at + window:
        return Reason.TOO_OLD
    unwanted = why_unwanted(tenant, record.name, channel=record.channel)
    if unwanted is None:
        return _eligibility_of_refetch(record)
    # There is still no pixel, or none any more: either way, the event can go once there is one.
    is_without = unwanted.reason is Reason.NOT_SET_UP
    return Reason.PIXEL_REMOVED if is_without else unwanted.reason


def _eligibility_of_refetch(record: EventRecord) -> ResendMethod | Reason:
    if record.object_kind in _CAN_BE_ASKED_FOR and record.object_id:
        return ResendMethod.ASKED_FOR
    is_sign_up = record.name is EventName.COMPLETE_REGISTRATION
    return Reason.SIGN_UP_NOT_KEPT if is_sign_up else Reason.VISIT_NOT_KEPT

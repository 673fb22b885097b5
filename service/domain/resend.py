"""Whether, and how, an event that failed can be sent again. Pure.

Only deliveries that ended as an error are: what a pixel has taken is never sent to it again.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from service.domain.delivery import DeliveryStatus
from service.domain.delivery_steps import reopened
from service.domain.event import EventName
from service.domain.lookup import Lookup
from service.domain.mapping.outcome import NOT_SET_UP
from service.domain.record import EventRecord, Status
from service.domain.schedule import EVENT_WINDOW, RetryPolicy
from service.domain.signal import ObjectKind
from service.domain.tenant import Role, TenantSettings
from service.domain.wanted import Unwanted, why_unwanted

ASKED_AGAIN = "Commerce7 is asked for it again"
"""The reason of a delivery until the shop has told of its object once more."""

GONE = "could not be sent again: Commerce7 does not know it"
"""The reason of a delivery whose object the shop no longer has."""

_CAN_BE_ASKED_FOR = frozenset({ObjectKind.ORDER, ObjectKind.MEMBERSHIP, ObjectKind.RESERVATION})


class Way(StrEnum):
    """How an event comes back: it is still kept, or the shop is asked for its object again."""

    KEPT = "kept"
    ASKED_FOR = "asked for"


class Lost(StrEnum):
    """Why an event cannot be sent again."""

    TOO_OLD = "older than 7 days"
    SIGN_UP = "a sign-up whose customer is no longer named here"
    VISIT = "a visit of which the browser's signals are gone"
    TEST = "a test"
    TAKEN = "its pixel has it already"
    GONE = "Commerce7 no longer has it"
    SWITCHED_OFF = str(Unwanted.SWITCHED_OFF)
    PIXEL_REMOVED = str(Unwanted.PIXEL_REMOVED)


def chance_of(record: EventRecord, settings: TenantSettings, *, now: datetime) -> Way | Lost | None:
    """Return how the event can be sent again, or why it cannot; `None` if it did not fail."""
    if is_not_set_up(record):
        return _chance_of_beginning(record, settings, now=now)
    failed = failed_roles(record)
    if not failed:
        return None
    if hopeless := _why_hopeless(record, failed, now=now):
        return hopeless
    unwanted = [_why_not(record, role, settings) for role in failed]
    if all(unwanted):
        return Lost(str(unwanted[0]))
    return Way.KEPT if record.payload else _chance_of_asking(record)


def _why_hopeless(record: EventRecord, failed: Collection[Role], *, now: datetime) -> Lost | None:
    if record.is_test:
        return Lost.TEST
    if record.is_expired(now):
        return Lost.TOO_OLD
    is_gone = all(record.deliveries[role].reason == GONE for role in failed)
    return Lost.GONE if is_gone else None


def failed_roles(record: EventRecord) -> list[Role]:
    """Return the roles whose pixel did not get the event."""
    deliveries = record.deliveries.items()
    return [role for role, each in deliveries if each.status is DeliveryStatus.ERROR]


def roles_to_send(record: EventRecord, settings: TenantSettings) -> list[Role]:
    """Return those of the failed roles that the winery still wants."""
    return [role for role in failed_roles(record) if not _why_not(record, role, settings)]


def _why_not(record: EventRecord, role: Role, settings: TenantSettings) -> str | None:
    # The two pixels of a winery may have changed places since.
    deliveries = record.deliveries.values()
    taken = {each.pixel_id for each in deliveries if each.status is DeliveryStatus.SENT}
    if settings.pixel_of(role) in taken - {""}:
        return Lost.TAKEN
    return why_unwanted(record, role, settings)


def is_not_set_up(record: EventRecord) -> bool:
    """Tell whether there was no pixel yet when it happened; a person may have it looked at anew."""
    is_skipped = record.status is Status.SKIPPED and not record.deliveries
    return is_skipped and record.reason == NOT_SET_UP and record.lookup is None


def sent_again(
    record: EventRecord,
    roles: Collection[Role],
    *,
    lookup: Lookup | None,
    now: datetime,
    policy: RetryPolicy,
) -> EventRecord:
    """Return the record with these deliveries queued anew; with a `lookup` they wait for it."""
    due_at = None if lookup else now + policy.requeue_after
    reason = ASKED_AGAIN if lookup else None
    again = {
        role: reopened(record.deliveries[role], reason=reason, due_at=due_at, now=now)
        for role in roles
    }
    return replace(record, deliveries={**record.deliveries, **again}, lookup=lookup, updated_at=now)


def _chance_of_beginning(
    record: EventRecord, settings: TenantSettings, *, now: datetime
) -> Way | Lost:
    # When it happened is not known yet, but it was before we were told.
    if now >= record.received_at + EVENT_WINDOW:
        return Lost.TOO_OLD
    if not settings.sends(record.name):
        return Lost.SWITCHED_OFF
    return _chance_of_asking(record) if settings.roles() else Lost.PIXEL_REMOVED


def _chance_of_asking(record: EventRecord) -> Way | Lost:
    if record.object_kind in _CAN_BE_ASKED_FOR and record.object_id:
        return Way.ASKED_FOR
    return Lost.SIGN_UP if record.name is EventName.COMPLETE_REGISTRATION else Lost.VISIT

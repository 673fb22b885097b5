"""When a new membership is a Subscribe."""

from datetime import datetime, timedelta

from service.domain.events.event import EVENT_WINDOW, ActionSource
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Times, Waiting
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.signal import Action, Signal
from service.domain.tenants.tenant import TenantSettings

# A clock may be ahead of ours.
_TOLERANCE = timedelta(hours=1)
_SWITCH_WITHIN = timedelta(hours=24)
_NOT_ACTIVE = {
    MembershipStatus.CANCELLED: Reason.MEMBERSHIP_CANCELLED,
    MembershipStatus.OTHER: Reason.MEMBERSHIP_OTHER,
}


def subscribed(
    signal: Signal[Membership], _settings: TenantSettings, times: Times
) -> MappingResult:
    """Return the joining of a club, which has no price: shipments are purchases of their own.

    A membership may become active later, after a hold or at a date ahead: the member joins then. A
    switch from another club is no joining. A deleted membership has ended, also an active one.
    """
    membership = signal.fact
    is_deleted = signal.action is Action.DELETE
    status = MembershipStatus.CANCELLED if is_deleted else membership.status
    if status is MembershipStatus.ON_HOLD:
        return Waiting(Reason.MEMBERSHIP_ON_HOLD)
    if reason := _NOT_ACTIVE.get(status):
        return Skipped(reason, may_change=True)
    if membership.joined_at is None:
        return Waiting(Reason.NO_SIGN_UP_DATE_YET)
    if membership.joined_at > times.now + _TOLERANCE:
        return Waiting(Reason.MEMBERSHIP_NOT_STARTED, ask_at=membership.joined_at)
    if has_switched_clubs(membership):
        return Skipped(Reason.SWITCHED_CLUBS)
    return Happened(
        at=_activated_at(membership, times),
        source=ActionSource.SYSTEM_GENERATED,
        subscription_id=membership.id,
    )


def has_switched_clubs(membership: Membership) -> bool:
    """Tell whether another membership of the customer ended when this one began."""
    others = membership.person.customer.memberships
    ends = [each.cancelled_at for each in others if each.id != membership.id]
    began = membership.joined_at
    return began is not None and any(end and abs(end - began) <= _SWITCH_WITHIN for end in ends)


def _activated_at(membership: Membership, times: Times) -> datetime:
    """Return when the membership became active, if it was seen to wait; else the sign-up."""
    joined_at = membership.joined_at or times.received_at
    was_waiting = times.waiting_since and times.waiting_since < joined_at + EVENT_WINDOW
    return max(joined_at, membership.updated_at or joined_at) if was_waiting else joined_at

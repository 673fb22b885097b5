"""When a new membership is a Subscribe."""

from datetime import datetime

from service.domain.events.event import ActionSource
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Waiting
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.signal import Signal
from service.domain.tenants.tenant import TenantSettings

_NOT_ACTIVE = {
    MembershipStatus.ON_HOLD: Reason.MEMBERSHIP_ON_HOLD,
    MembershipStatus.CANCELLED: Reason.MEMBERSHIP_CANCELLED,
    MembershipStatus.OTHER: Reason.MEMBERSHIP_OTHER,
}


def subscribed(
    signal: Signal[Membership], _settings: TenantSettings, _now: datetime
) -> MappingResult:
    """Return the joining of a club, which has no price: shipments are purchases of their own."""
    membership = signal.fact
    if reason := _NOT_ACTIVE.get(membership.status):
        return Skipped(reason, may_change=True)
    if membership.joined_at is None:
        return Waiting(Reason.NO_SIGN_UP_DATE_YET)
    return Happened(at=membership.joined_at, source=ActionSource.SYSTEM_GENERATED)

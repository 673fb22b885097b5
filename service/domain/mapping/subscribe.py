"""When a new membership is a Subscribe."""

from datetime import datetime

from service.domain.event import ActionSource
from service.domain.mapping.outcome import Finding, Happened, Skipped, Waiting
from service.domain.membership import Membership, MembershipStatus
from service.domain.signal import Signal
from service.domain.tenant import TenantSettings


def subscribed(signal: Signal[Membership], _settings: TenantSettings, _now: datetime) -> Finding:
    """Return the joining of a club, which has no price: shipments are purchases of their own."""
    membership = signal.fact
    if membership.status is not MembershipStatus.ACTIVE:
        return Skipped(f"membership {membership.status}", may_change=True)
    if membership.joined_at is None:
        return Waiting("no sign-up date yet")
    return Happened(at=membership.joined_at, source=ActionSource.SYSTEM_GENERATED)

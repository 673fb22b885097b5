"""When the end of a membership is a CancelMembership."""

from datetime import datetime

from service.domain.events.event import ActionSource
from service.domain.mapping.outcome import Happened, MappingResult
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.signal import Action, Signal
from service.domain.tenants.tenant import TenantSettings


def cancelled(
    signal: Signal[Membership], _settings: TenantSettings, now: datetime
) -> MappingResult | None:
    """Return the cancellation of a membership, `None` while the person is still a member.

    A deleted membership has ended, whatever its status.
    """
    membership = signal.fact
    is_gone = signal.action is Action.DELETE
    if not (is_gone or membership.status is MembershipStatus.CANCELLED):
        return None
    return Happened(at=membership.cancelled_at or now, source=ActionSource.SYSTEM_GENERATED)

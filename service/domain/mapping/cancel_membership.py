"""When the end of a membership is a CancelMembership."""

from service.domain.events.event import ActionSource
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Times, Waiting
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.signal import Action, Signal
from service.domain.tenants.tenant import TenantSettings


def cancelled(
    signal: Signal[Membership], _settings: TenantSettings, times: Times
) -> MappingResult | None:
    """Return the cancellation of a membership, `None` while the person is still a member.

    A deleted membership has ended, whatever its status. A cancellation may have a date ahead: until
    then the person is a member. A switch to another club is none.
    """
    membership = signal.fact
    ends_at = membership.cancelled_at
    is_ended = membership.status is MembershipStatus.CANCELLED
    if not (is_ended or signal.action is Action.DELETE):
        is_ahead = ends_at is not None and ends_at > times.now
        return Waiting(Reason.CANCELLATION_AHEAD, ask_at=ends_at) if is_ahead else None
    if membership.is_switched_from:
        return Skipped(Reason.SWITCHED_CLUBS)
    return Happened(
        at=ends_at or times.received_at,
        source=ActionSource.SYSTEM_GENERATED,
        subscription_id=membership.id,
    )

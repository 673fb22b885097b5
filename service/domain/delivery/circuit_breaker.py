"""Whether one of a winery's pixels takes events: what all its deliveries learn from one of them.

A pixel whose token is dead, or which asks for a rest, is not asked again by every event that waits:
one probe goes, and its answer is everybody's.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.delivery.delivery import Delivery, Wait
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence


class BreakerState(StrEnum):
    """How a pixel stands."""

    WORKING = "working"
    NEEDS_RECONNECT = "needs_reconnect"
    THROTTLED = "throttled"
    FAILING = "failing"


_WORSE = frozenset({BreakerState.NEEDS_RECONNECT, BreakerState.THROTTLED})

# Who refuses an event for what is in it has let us in.
_LETS_IN = frozenset({Answer.ACCEPTED, Answer.PERMANENT})
_OPENED_BY = {
    Answer.TOKEN: BreakerState.NEEDS_RECONNECT,
    Answer.THROTTLED: BreakerState.THROTTLED,
    Answer.TRANSIENT: BreakerState.FAILING,
}

WAITS = {
    BreakerState.NEEDS_RECONNECT: Wait.TOKEN,
    BreakerState.THROTTLED: Wait.PACE,
    BreakerState.FAILING: Wait.VENDOR,
}
"""What a delivery waits for that such a pixel stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """One pixel's state; `reason`, its `details` and `since` are for people.

    From `probe_at` on the next delivery may try; `probe_key` is the event whose turn it is. While
    deliveries wait, the breaker `is_watched`, and one of them is sent when that time has come.
    `renewed_at` is when the token or the pixel was replaced, until the vendor has refused it again.
    """

    state: BreakerState = BreakerState.WORKING
    reason: Reason = Reason.NONE
    details: Details = NO_DETAILS
    since: datetime | None = None
    probe_at: datetime | None = None
    probe_key: str = ""
    is_watched: bool = False
    renewed_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return sentence(self.reason, self.details)

    @property
    def is_renewed(self) -> bool:
        """Tell whether there is a new token or pixel that nothing is known against."""
        return self.renewed_at is not None

    @property
    def is_working(self) -> bool:
        """Tell whether nothing is known against the pixel."""
        return self.state is BreakerState.WORKING

    @property
    def due_at(self) -> datetime | None:
        """Return when a waiting delivery is to try the pixel."""
        return self.probe_at if self.is_watched and not self.is_working else None

    def stops(self, delivery: Delivery) -> bool:
        """Tell whether the delivery may only go as a probe.

        A vendor who fails is still asked by what is new: it has its own few attempts.
        """
        if self.state is BreakerState.FAILING:
            return delivery.is_slow_retry
        return not self.is_working

    def lets_probe(self, now: datetime) -> bool:
        """Tell whether it is time for one delivery to try."""
        return self.probe_at is None or now >= self.probe_at


def half_opened(breaker: Breaker, key: str, *, now: datetime, policy: RetryPolicy) -> Breaker:
    """Return the breaker with its one probe under way; the next follows if it is never heard of."""
    probe_at = now + _pause(breaker.state, policy)
    return replace(breaker, probe_at=probe_at, probe_key=key, is_watched=True)


def with_result(
    breaker: Breaker,
    verdict: Verdict,
    after: Delivery,
    *,
    key: str,
    now: datetime,
    policy: RetryPolicy,
) -> Breaker:
    """Return the breaker after an answer; itself if that is no news.

    `after` is the delivery of the event `key` as the answer left it.
    """
    if verdict.answer in _LETS_IN:
        return breaker if breaker.is_working else Breaker()
    is_over = verdict.answer is not Answer.TRANSIENT or after.waits_for is Wait.VENDOR
    state = _OPENED_BY.get(verdict.answer)
    if state is None or not is_over:
        return breaker
    stopped = opened(
        breaker,
        state,
        verdict.reason,
        details=verdict.details,
        key=key,
        now=now,
        policy=policy,
    )
    is_told = stopped != breaker and state is BreakerState.THROTTLED
    return replace(stopped, probe_at=after.not_before) if is_told else stopped


def opened(
    breaker: Breaker,
    state: BreakerState,
    reason: Reason,
    *,
    details: Details = NO_DETAILS,
    key: str,
    now: datetime,
    policy: RetryPolicy,
) -> Breaker:
    """Return the breaker open, with its next probe after the state's pause.

    Of the many events that a stopped pixel fails only the first is news, and then each probe;
    `key` is the event. That a pixel fails takes nothing back of a dead token or a rest.
    """
    is_probe = bool(key) and key == breaker.probe_key
    is_refused_anew = state is BreakerState.NEEDS_RECONNECT and breaker.is_renewed
    is_known = breaker.state is state and not (is_probe or is_refused_anew)
    is_less = state is BreakerState.FAILING and breaker.state in _WORSE
    if is_known or is_less:
        return breaker if breaker.is_watched else replace(breaker, is_watched=True)
    return replace(
        breaker,
        state=state,
        reason=reason,
        details=details,
        since=breaker.since if breaker.state is state else now,
        probe_at=now + _pause(state, policy),
        probe_key="",
        is_watched=True,
        renewed_at=None,
    )


def reconnected(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after a new token or pixel: one probe may go at once."""
    if breaker.is_working:
        return breaker
    return replace(breaker, probe_at=now, probe_key="", is_watched=True, renewed_at=now)


def probe_requested(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after somebody asked for a try: one probe may go at once.

    A vendor who asks for a rest has it.
    """
    if breaker.is_working or breaker.state is BreakerState.THROTTLED:
        return breaker
    return replace(breaker, probe_at=now, probe_key="", is_watched=True)


def _pause(state: BreakerState, policy: RetryPolicy) -> timedelta:
    match state:
        case BreakerState.NEEDS_RECONNECT:
            return policy.token_probe_every
        case BreakerState.THROTTLED:
            return policy.throttled_for
        case _:
            return policy.slow_retry_every

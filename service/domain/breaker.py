"""Whether one of a winery's pixels takes events: what all its deliveries learn from one of them.

A pixel whose token is dead, or which asks for a rest, is not asked again by every event that waits:
one probe goes, and its answer is everybody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from service.domain.delivery import Delivery, Wait
from service.domain.schedule import RetryPolicy
from service.domain.verdict import Answer, Verdict


class BreakerState(StrEnum):
    """How a pixel stands."""

    WORKING = "working"
    NEEDS_RECONNECT = "needs_reconnect"
    THROTTLED = "throttled"
    FAILING = "failing"


WAITS = {
    BreakerState.NEEDS_RECONNECT: Wait.TOKEN,
    BreakerState.THROTTLED: Wait.PACE,
    BreakerState.FAILING: Wait.VENDOR,
}
"""What a delivery waits for that such a pixel stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """One pixel's state; `reason` and `since` are for people.

    From `probe_at` on the next delivery may try; `probe_key` is the event whose turn it is. While
    deliveries wait, the breaker `is_watched`, and the sweep sends one of them. At `release_at` the
    waiting ones are looked through for those that may go on, whatever they wait for. `renewed_at`
    is when the token or the pixel was replaced, until the vendor has refused it again.
    """

    state: BreakerState = BreakerState.WORKING
    reason: str = ""
    since: datetime | None = None
    probe_at: datetime | None = None
    probe_key: str = ""
    is_watched: bool = False
    release_at: datetime | None = None
    renewed_at: datetime | None = None

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
        """Return when the sweep has something to do for it."""
        watched = self.probe_at if self.is_watched and not self.is_working else None
        return min((at for at in (watched, self.release_at) if at), default=None)

    def stops(self, delivery: Delivery) -> bool:
        """Tell whether the delivery may only go as a probe.

        A vendor who fails is still asked by what is new: it has its own few attempts.
        """
        if self.state is BreakerState.FAILING:
            return delivery.has_second_life
        return not self.is_working

    def lets_probe(self, now: datetime) -> bool:
        """Tell whether it is time for one delivery to try."""
        return self.probe_at is None or now >= self.probe_at


def first_due(breakers: Mapping[Any, Breaker]) -> datetime | None:
    """Return when the first of a tenant's breakers has something due."""
    return min((each.due_at for each in breakers.values() if each.due_at), default=None)


def probing(breaker: Breaker, key: str, *, now: datetime, policy: RetryPolicy) -> Breaker:
    """Return the breaker with its one probe under way; the next follows if it is never heard of."""
    probe_at = now + _pause(breaker.state, policy)
    return replace(breaker, probe_at=probe_at, probe_key=key, is_watched=True)


def learnt(
    breaker: Breaker, verdict: Verdict, after: Delivery, *, now: datetime, policy: RetryPolicy
) -> Breaker:
    """Return the breaker after an answer; `after` is the delivery as the answer left it."""
    match verdict.answer:
        case Answer.ACCEPTED | Answer.PERMANENT:
            # Who refuses an event for what is in it has let us in.
            return breaker if breaker.is_working else Breaker(release_at=now)
        case Answer.TOKEN:
            return tripped(
                breaker, BreakerState.NEEDS_RECONNECT, verdict.explanation, now=now, policy=policy
            )
        case Answer.THROTTLED:
            opened = tripped(
                breaker, BreakerState.THROTTLED, verdict.explanation, now=now, policy=policy
            )
            return replace(opened, probe_at=after.not_before)
        case Answer.TRANSIENT if after.waits_for is Wait.VENDOR:
            state = BreakerState.FAILING if breaker.is_working else breaker.state
            failing = tripped(breaker, state, verdict.explanation, now=now, policy=policy)
            # Who could not take an event has said nothing of the token that came with it.
            return replace(failing, renewed_at=breaker.renewed_at)
        case Answer.TRANSIENT:
            return breaker


def tripped(
    breaker: Breaker, state: BreakerState, reason: str, *, now: datetime, policy: RetryPolicy
) -> Breaker:
    """Return the breaker open, with its next probe after the state's pause."""
    return replace(
        breaker,
        state=state,
        reason=reason,
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


def nudged(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after somebody asked for a try: one probe may go at once.

    A vendor who asks for a rest has it.
    """
    if breaker.is_working or breaker.state is BreakerState.THROTTLED:
        return breaker
    return replace(breaker, probe_at=now, probe_key="", is_watched=True)


def to_be_released(breaker: Breaker, *, at: datetime) -> Breaker:
    """Return the breaker with the waiting deliveries to be looked through then, or sooner."""
    return replace(breaker, release_at=min(breaker.release_at or at, at))


def _pause(state: BreakerState, policy: RetryPolicy) -> timedelta:
    match state:
        case BreakerState.NEEDS_RECONNECT:
            return policy.token_probe_every
        case BreakerState.THROTTLED:
            return policy.throttled_for
        case _:
            return policy.second_life_every

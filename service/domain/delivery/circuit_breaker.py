"""The circuit breaker of one pixel: whether its deliveries may be attempted.

While the breaker is open, for example because the token is dead or Meta throttles, the waiting
deliveries make no attempts of their own. One of them is sent as a probe, and its answer counts for
all. A vendor that refuses event after event for their content leaves the breaker closed, since the
next event may be accepted. The breaker counts such refusals.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, Wait
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence


class BreakerState(StrEnum):
    """The state of a pixel's breaker: closed while `WORKING`, else open."""

    WORKING = "working"
    NEEDS_RECONNECT = "needs_reconnect"
    THROTTLED = "throttled"
    FAILING = "failing"


_WORSE = frozenset({BreakerState.NEEDS_RECONNECT, BreakerState.THROTTLED})

# If Meta refuses an event for its content, pixel and token work.
_PROVES_ACCESS = frozenset({Answer.ACCEPTED, Answer.PERMANENT})
_OPENED_BY = {
    Answer.TOKEN: BreakerState.NEEDS_RECONNECT,
    Answer.THROTTLED: BreakerState.THROTTLED,
    Answer.TRANSIENT: BreakerState.FAILING,
}

# One event that is refused says that this event is odd; three in a row, that all of them are.
_REFUSALS_SHOWN = 3

WAITS = {
    BreakerState.NEEDS_RECONNECT: Wait.TOKEN,
    BreakerState.THROTTLED: Wait.PACE,
    BreakerState.FAILING: Wait.VENDOR,
}
"""What a delivery waits for that is stopped in this state."""


class Breaker(Struct, frozen=True, kw_only=True):
    """One pixel's breaker; `reason`, its `details` and `since` are for people.

    From `probe_at` on the next delivery may probe; `probe_key` is the event of the current probe.
    While deliveries wait, the breaker `is_watched`, and one of them is sent at `probe_at`.
    `renewed_at` is when the token or the pixel was replaced, until the vendor refuses the new one.
    `refusals` are the events in a row that the vendor refused for their content, counted up to the
    number from which the breaker `is_refusing`; meanwhile `reason` and `since` are the first one's.
    """

    state: BreakerState = BreakerState.WORKING
    reason: Reason = Reason.NONE
    details: Details = NO_DETAILS
    since: datetime | None = None
    probe_at: datetime | None = None
    probe_key: str = ""
    is_watched: bool = False
    renewed_at: datetime | None = None
    refusals: int = 0

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return sentence(self.reason, self.details)

    @property
    def is_renewed(self) -> bool:
        """Tell whether there is a new token or pixel that the vendor has not refused."""
        return self.renewed_at is not None

    @property
    def needs_token(self) -> bool:
        """Tell whether the vendor refuses the token; a new one counts as good until then."""
        return self.state is BreakerState.NEEDS_RECONNECT and not self.is_renewed

    @property
    def is_working(self) -> bool:
        """Tell whether the breaker is closed."""
        return self.state is BreakerState.WORKING

    @property
    def is_refusing(self) -> bool:
        """Tell whether the vendor refuses event after event for their content."""
        return self.refusals >= _REFUSALS_SHOWN

    @property
    def due_at(self) -> datetime | None:
        """Return when a waiting delivery is to probe the pixel."""
        return self.probe_at if self.is_watched and not self.is_working else None

    def stops(self, delivery: Delivery) -> bool:
        """Tell whether the delivery may only be sent as a probe.

        A failing vendor stops slow retries only: a new delivery has its own four attempts.
        """
        if self.state is BreakerState.FAILING:
            return delivery.is_slow_retry
        return not self.is_working

    def lets_probe(self, now: datetime) -> bool:
        """Tell whether it is time for a probe."""
        return self.probe_at is None or now >= self.probe_at


def half_opened(breaker: Breaker, key: str, *, now: datetime, policy: RetryPolicy) -> Breaker:
    """Return the breaker half-open: one probe is under way; without an answer another follows."""
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
    """Return the breaker after an answer; itself if nothing changes.

    `after` is the delivery of the event `key` as the answer left it.
    """
    if verdict.answer is Answer.ACCEPTED:
        return Breaker()
    if verdict.answer is Answer.PERMANENT:
        return _with_refusal(breaker, verdict, now=now)
    is_run_over = verdict.answer is not Answer.TRANSIENT or after.waits_for is Wait.VENDOR
    state = _OPENED_BY.get(verdict.answer)
    if state is None or not is_run_over:
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
    is_newly_throttled = stopped != breaker and state is BreakerState.THROTTLED
    return replace(stopped, probe_at=after.not_before) if is_newly_throttled else stopped


def _with_refusal(breaker: Breaker, verdict: Verdict, *, now: datetime) -> Breaker:
    if breaker.is_refusing:
        return breaker
    if breaker.refusals:
        return replace(breaker, refusals=breaker.refusals + 1)
    return Breaker(reason=verdict.reason, details=verdict.details, since=now, refusals=1)


def tested(breaker: Breaker, verdict: Verdict, *, now: datetime, policy: RetryPolicy) -> Breaker:
    """Return the breaker after a connection test, which proves as much as a delivery.

    A single test that Meta does not answer, or slows down, says nothing about the pixel.
    """
    if verdict.answer in _PROVES_ACCESS:
        return breaker if breaker.is_working else Breaker()
    if verdict.answer is not Answer.TOKEN:
        return breaker
    state = BreakerState.NEEDS_RECONNECT
    reason, details = verdict.reason, verdict.details
    return opened(breaker, state, reason, details=details, key="", now=now, policy=policy)


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

    `key` is the event that failed. Of the many that fail, only the first and then each probe
    change the breaker. A failing vendor does not replace a dead token or throttling.
    """
    is_probe = bool(key) and key == breaker.probe_key
    is_refused_anew = state is BreakerState.NEEDS_RECONNECT and breaker.is_renewed
    is_known = breaker.state is state and not (is_probe or is_refused_anew)
    is_milder = state is BreakerState.FAILING and breaker.state in _WORSE
    if is_known or is_milder:
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
        refusals=0,
    )


def reconnected(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after a new token or pixel: one probe may go at once."""
    if breaker.is_working:
        return Breaker()
    return replace(breaker, probe_at=now, probe_key="", is_watched=True, renewed_at=now)


def probe_requested(breaker: Breaker, *, now: datetime) -> Breaker:
    """Return the breaker after a request for a probe: one may go at once.

    While the vendor throttles, nothing changes: its pause is kept.
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

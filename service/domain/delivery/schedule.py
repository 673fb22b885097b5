"""When things are tried again, looked at again, or given up."""

from dataclasses import dataclass
from datetime import timedelta

MAX_ATTEMPTS = 4
"""The first attempt and three automatic retries, as the merchant's documentation promises."""

EVENT_WINDOW = timedelta(days=7)
"""Meta refuses events older than this (Meta: Using the API, `event_time`)."""

LOCK_FOR = timedelta(days=400)
"""How long it is remembered that a conversion was made.

It never grows too old by itself: a visit booked a year ahead is told of again when its guests come,
and an order that was authorized today has another time once it is captured.
"""

LEASE_FOR = timedelta(seconds=60)
"""How long an attempt owns its delivery: well beyond every time-out of one request to Meta."""

LONGEST_LOOKUP_PAUSE = timedelta(hours=1)
"""How long a question to the shop rests at most before it is asked again."""

LOOKUP_PACE = timedelta(seconds=2)
"""How far apart questions about many failed events are: the shop's 100 a minute are for new ones
first, and one object may take three.
"""

LOOKUPS_AT_ONCE = 10
"""How many of them need not wait: whoever has few failed events sees them go."""

LOOKUP_PATIENCE = timedelta(hours=24)
"""How long an event waits for its person before it is sent with what the signal itself told.

Meta matches few people without an e-mail address, but a day late it cannot attribute either
(Meta: End-to-end implementation, "data freshness").
"""

SHOP_FACTS_FOR = timedelta(hours=24)
"""How long a shop's public facts hold before it is asked again."""

SHOP_PROBE_EVERY = timedelta(minutes=15)
"""How soon a shop that did not answer is asked for its public facts again."""

STUCK_AFTER = timedelta(minutes=10)
"""How long an event may be under way, which four attempts with their pauses are in five minutes."""

# The queue counts a pause from our answer and we from just before it; a guard against early
# duplicates must not turn away the retry itself.
_EARLIEST_PART_OF_PAUSE = 0.9


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The pauses between attempts, all derived from the queue's smallest back-off."""

    min_backoff: timedelta

    def pause_after(self, attempt: int) -> timedelta:
        """Return the queue's pause after failed attempt number `attempt` (from 1)."""
        return self.min_backoff * float(2 ** (attempt - 1))

    def earliest_retry_after(self, attempt: int) -> timedelta:
        """Return how soon after attempt number `attempt` a call counts as its retry."""
        return self.pause_after(attempt) * _EARLIEST_PART_OF_PAUSE

    @property
    def requeue_after(self) -> timedelta:
        """How long a task may be silent before the sweep believes it lost (2 min at 30 s)."""
        return self.min_backoff * 4

    @property
    def sweep_slot(self) -> timedelta:
        """How long sweeps give a task the same name, so that two make one (1 min at 30 s)."""
        return self.min_backoff * 2

    @property
    def throttled_for(self) -> timedelta:
        """How long to wait when Meta throttles without saying for how long (5 min at 30 s)."""
        return self.min_backoff * 10

    @property
    def token_probe_every(self) -> timedelta:
        """How often a dead token is tried again, as Meta may have been wrong (15 min at 30 s)."""
        return self.min_backoff * 30

    @property
    def stuck_after(self) -> timedelta:
        """How long after its queueing an event should have been sent, or have failed."""
        return max(STUCK_AFTER, self.min_backoff * 20)

    @property
    def slow_retry_every(self) -> timedelta:
        """How often an event is tried again whose first run failed (1 h at 30 s)."""
        return self.min_backoff * 120

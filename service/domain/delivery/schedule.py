"""The retry schedule: how often a delivery is attempted, and the pauses between and after."""

from datetime import timedelta

from msgspec import Struct

MAX_ATTEMPTS = 4
"""The first attempt and three automatic retries, as the merchant's documentation promises."""

LEASE_FOR = timedelta(seconds=60)
"""How long an attempt owns its delivery: well beyond every time-out of one request to Meta."""

_STUCK_AFTER = timedelta(minutes=10)
"""How long an event may be under way; all attempts with their pauses take half of it."""

# The queue counts a pause from our answer, and we count from just before it; the guard against
# early duplicates must not refuse the retry itself.
_EARLIEST_PART_OF_PAUSE = 0.9


class RetryPolicy(Struct, frozen=True):
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
        """How long a task may be silent before the sweep counts it as lost (2 min at 30 s)."""
        return self.min_backoff * 4

    @property
    def sweep_slot(self) -> timedelta:
        """How long sweeps give a task the same name, so that it is made once (1 min at 30 s)."""
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
        """How long after it was queued an event should have been sent, or have failed."""
        return max(_STUCK_AFTER, self.min_backoff * 20)

    @property
    def catch_up_after(self) -> timedelta:
        """How long after dropping a webhook the shop's changes are listed (5 min at 30 s).

        A flood of webhooks costs one listing in this time.
        """
        return self.min_backoff * 10

    @property
    def listed_every(self) -> timedelta:
        """How often the shop's changes are compared with its webhooks (15 min at 30 s)."""
        return self.min_backoff * 30

    @property
    def listing_lost_after(self) -> timedelta:
        """How long a listing may be silent before it begins anew (10 min at 30 s)."""
        return self.min_backoff * 20

    @property
    def slow_retry_every(self) -> timedelta:
        """The pause between slow retries, after the first run failed (1 h at 30 s)."""
        return self.min_backoff * 120

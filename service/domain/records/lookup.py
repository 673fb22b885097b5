"""A question to the shop that is still open: what is this object, and who is the person?"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.domain.delivery.schedule import LONGEST_LOOKUP_PAUSE, RetryPolicy

_MOST_DOUBLED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A question and how far it has come.

    `sealed_id` is the object's id, unreadable at rest, for a customer's id is personal.
    `asked_at` is when the question arose. `is_by_staff` is what the signal said of itself, which
    no shop knows later. `not_before` guards against early and doubled tasks; `due_at` is when the
    sweep believes its task lost.
    """

    sealed_id: str
    asked_at: datetime
    due_at: datetime
    is_by_staff: bool = False
    attempts: int = 0
    not_before: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Tell whether the shop may be asked now."""
        return self.not_before is None or now >= self.not_before

    def pause(self, policy: RetryPolicy) -> timedelta:
        """Return how long to wait after one more question that was not answered."""
        # Doubled for a week, a pause would be longer than time itself can be told.
        attempt = min(self.attempts + 1, _MOST_DOUBLED)
        return min(policy.pause_after(attempt), LONGEST_LOOKUP_PAUSE)

    def postponed(
        self, pause: timedelta, *, counts: bool, now: datetime, policy: RetryPolicy
    ) -> "Lookup":
        """Return the question to be asked again after the pause, once more if it `counts`."""
        return replace(
            self,
            attempts=self.attempts + counts,
            not_before=now + pause,
            due_at=now + pause + policy.requeue_after,
        )

    def requeued(self, *, now: datetime, policy: RetryPolicy) -> "Lookup":
        """Return the question with a fresh task about to be made."""
        return replace(self, due_at=now + policy.requeue_after)

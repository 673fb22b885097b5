"""A look-up that is still to do: asking the shop for an object and its customer."""

from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy

LONGEST_LOOKUP_PAUSE = timedelta(hours=1)
"""The longest pause between two attempts at a look-up."""

LOOKUP_PACE = timedelta(seconds=2)
"""The pause between the look-ups of a resend. The shop allows 100 requests a minute, new events
come first, and one object may take three requests.
"""

LOOKUPS_AT_ONCE = 10
"""How many of these look-ups start at once, so that few failed events need no pause."""

LOOKUP_PATIENCE = timedelta(hours=24)
"""How long an event waits for its look-up before it is sent with the signal's own data.

Meta matches few people without an e-mail address, but a day late it cannot attribute either
(Meta: End-to-end implementation, "data freshness").
"""

_MOST_DOUBLED = 20


class Lookup(Struct, frozen=True, kw_only=True):
    """A look-up and its progress.

    `sealed_id` is the object's id, encrypted because a customer's id is personal. `asked_at` is
    when the look-up was requested. `is_by_staff` is kept from the signal, since the shop does not
    know it later. `not_before` guards against early and doubled tasks; from `due_at` on the sweep
    counts its task as lost. One that `is_planned` was
    meant for that time from the start, and gives way to those of new signals.
    """

    sealed_id: str
    asked_at: datetime
    due_at: datetime
    is_by_staff: bool = False
    attempts: int = 0
    not_before: datetime | None = None
    is_planned: bool = False

    def is_open(self, now: datetime) -> bool:
        """Tell whether the shop may be asked now."""
        return self.not_before is None or now >= self.not_before

    def pause(self, policy: RetryPolicy) -> timedelta:
        """Return the pause after one more failed attempt."""
        # Without this limit, a pause doubled for a week would overflow `timedelta`.
        attempt = min(self.attempts + 1, _MOST_DOUBLED)
        return min(policy.pause_after(attempt), LONGEST_LOOKUP_PAUSE)

    def postponed(
        self, pause: timedelta, *, counts: bool, now: datetime, policy: RetryPolicy
    ) -> "Lookup":
        """Return the look-up due again after the pause, with one more attempt if it `counts`."""
        return replace(
            self,
            attempts=self.attempts + counts,
            not_before=now + pause,
            due_at=now + pause + policy.requeue_after,
        )

    def requeued(self, *, now: datetime, policy: RetryPolicy) -> "Lookup":
        """Return the look-up for which a new task is about to be made."""
        return replace(self, due_at=now + policy.requeue_after)


def planned_lookup(sealed_id: str, *, at: datetime) -> Lookup:
    """Return a look-up that is done at that time, unless a signal comes before."""
    return Lookup(sealed_id=sealed_id, asked_at=at, not_before=at, due_at=at, is_planned=True)

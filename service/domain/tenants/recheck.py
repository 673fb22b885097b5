"""When a winery's waiting deliveries are looked through for those that may go on. Pure.

It is part of the winery's own record, so it changes in the same write as the settings,
tokens or facts that let them go.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.domain.delivery.schedule import EVENT_WINDOW, RetryPolicy

_COVERED_FOR = EVENT_WINDOW + timedelta(hours=1)
"""For how long looks go on after a delivery began to wait: an hour more than it may wait, so that
one write an hour is enough however many begin to.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """The next look at `at`.

    No delivery that waits now will wait beyond `until`: Meta takes none that is older. `kinds` are
    the waits that there may be, each with its role (`primary:token`). `changed_at` is when
    something last changed that may let deliveries go, and looks are spaced from then on. `round`
    counts these changes, so that a look that began before one is known from those after it;
    `read_round` is that of the last look that came to its end.
    """

    at: datetime | None = None
    until: datetime | None = None
    changed_at: datetime | None = None
    round: int = 0
    read_round: int = 0
    kinds: tuple[str, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time for a look."""
        return self.at is not None and self.at <= now

    def is_needed(self, now: datetime) -> bool:
        """Tell whether a delivery may be waiting."""
        return self.until is not None and now < self.until

    def expected(self, kinds: Collection[str], *, now: datetime, policy: RetryPolicy) -> "Recheck":
        """Return it for a delivery that is about to wait; itself where nothing is to be written."""
        if not self.is_needed(now):
            at, until = now + policy.sweep_slot, now + _COVERED_FOR
            fresh = Recheck(at=at, until=until, changed_at=now, round=self.round + 1)
            return replace(fresh, kinds=tuple(sorted(kinds)))
        is_covered = self.until is not None and self.until >= now + EVENT_WINDOW
        if is_covered and set(kinds) <= set(self.kinds):
            return self
        every = tuple(sorted({*self.kinds, *kinds}))
        return replace(self, until=now + _COVERED_FOR, kinds=every)

    def requested(self, *, now: datetime) -> "Recheck":
        """Return it after something has changed that may let deliveries go: a look is due now."""
        if not self.is_needed(now):
            return self
        return replace(self, at=now, changed_at=now, round=self.round + 1)

    def begun(self, *, now: datetime, policy: RetryPolicy) -> "Recheck":
        """Return it with a look under way; the next one begins soon if this one is never ended."""
        return replace(self, at=now + policy.requeue_after)

    def ended(
        self, *, begun: "Recheck", rest_until: datetime | None, now: datetime, policy: RetryPolicy
    ) -> "Recheck":
        """Return it after a look that was written down as `begun`.

        The next one comes as long after this one as this one came after the last change, but within
        an hour, or when the first of the deliveries has rested. What changed meanwhile stands.
        """
        if (self.at, self.round) != (begun.at, begun.round):
            return self
        if not self.is_needed(now):
            return replace(self, at=None)
        since = now - (self.changed_at or now)
        pause = min(max(since, policy.sweep_slot), policy.slow_retry_every)
        at = min(now + pause, rest_until or now + pause)
        return replace(self, at=at, read_round=self.round)

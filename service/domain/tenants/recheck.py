"""When a winery's waiting deliveries are read for those that may go on. Pure.

The recheck is part of the winery's own record, so it changes in the same write as the settings,
tokens or facts that let deliveries go on.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy
from service.domain.events.event import STORE_WINDOW

_COVERED_FOR = STORE_WINDOW + timedelta(hours=1)
"""How long rechecks go on after a delivery began to wait: an hour more than it may wait, so that
one write an hour is enough for any number of deliveries.
"""


class Recheck(Struct, frozen=True, kw_only=True):
    """The state of a winery's recheck; the next one begins at `at`.

    No delivery that waits now will wait beyond `until`: Meta accepts none that is older. `kinds`
    are the waits that there may be, each with its role (`primary:token`). `changed_at` is when
    something last changed that may let deliveries go on; the pauses grow from then on. `round`
    counts these changes, so that a recheck that began before a change is recognised; `read_round`
    is the round of the last recheck that ended.
    """

    at: datetime | None = None
    until: datetime | None = None
    changed_at: datetime | None = None
    round: int = 0
    read_round: int = 0
    kinds: tuple[str, ...] = ()

    def is_due(self, now: datetime) -> bool:
        """Tell whether a recheck is due."""
        return self.at is not None and self.at <= now

    def is_needed(self, now: datetime) -> bool:
        """Tell whether a delivery may be waiting."""
        return self.until is not None and now < self.until

    def expected(self, kinds: Collection[str], *, now: datetime, policy: RetryPolicy) -> "Recheck":
        """Return the state that covers a delivery about to wait; itself if it does already."""
        if not self.is_needed(now):
            at, until = now + policy.sweep_slot, now + _COVERED_FOR
            fresh = Recheck(at=at, until=until, changed_at=now, round=self.round + 1)
            return replace(fresh, kinds=tuple(sorted(kinds)))
        is_covered = self.until is not None and self.until >= now + STORE_WINDOW
        if is_covered and set(kinds) <= set(self.kinds):
            return self
        every = tuple(sorted({*self.kinds, *kinds}))
        return replace(self, until=now + _COVERED_FOR, kinds=every)

    def requested(self, *, now: datetime) -> "Recheck":
        """Return the state with a recheck due now, since a change may let deliveries go on."""
        if not self.is_needed(now):
            return self
        return replace(self, at=now, changed_at=now, round=self.round + 1)

    def begun(self, *, now: datetime, policy: RetryPolicy) -> "Recheck":
        """Return the state with a recheck under way; the next begins soon if this never ends."""
        return replace(self, at=now + policy.requeue_after)

    def ended(
        self, *, begun: "Recheck", rest_until: datetime | None, now: datetime, policy: RetryPolicy
    ) -> "Recheck":
        """Return the state after the recheck that was stored as `begun`.

        The pause until the next one is as long as the time since the last change, and at most an
        hour; it ends early at `rest_until`, when the first delivery's own pause is over. If a
        change came meanwhile, the state stays as that change left it.
        """
        if (self.at, self.round) != (begun.at, begun.round):
            return self
        if not self.is_needed(now):
            return replace(self, at=None)
        since = now - (self.changed_at or now)
        pause = min(max(since, policy.sweep_slot), policy.slow_retry_every)
        at = min(now + pause, rest_until or now + pause)
        return replace(self, at=at, read_round=self.round)

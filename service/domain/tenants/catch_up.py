"""Which changes of a shop are still to be listed, since webhooks were dropped. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.delivery.schedule import RetryPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp:
    """The state of a winery's catch-up.

    Webhooks were dropped from `dropped_since` on. The listing under way, if any, lists what was
    changed from `listing_since` on; webhooks that are dropped meanwhile need another one. At `at`
    the next listing begins, or this one begins anew.
    """

    dropped_since: datetime | None = None
    listing_since: datetime | None = None
    at: datetime | None = None

    def dropped(self, *, now: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state after a webhook was dropped; itself if that is marked already."""
        if self.dropped_since:
            return self
        return replace(self, dropped_since=now, at=self.at or now + policy.catch_up_after)

    def begun(self, *, now: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state in which a listing is under way."""
        since = min(at for at in (self.listing_since, self.dropped_since, now) if at)
        return CatchUp(listing_since=since, at=now + policy.listing_lost_after)

    def continued(self, *, at: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state while the listing goes on, whose next step is done then."""
        return replace(self, at=at + policy.listing_lost_after)

    def ended(self, *, now: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state after the listing has come to its end."""
        at = now + policy.catch_up_after if self.dropped_since else None
        return replace(self, listing_since=None, at=at)

    def is_due(self, now: datetime) -> bool:
        """Tell whether a listing is to begin."""
        return self.at is not None and self.at <= now

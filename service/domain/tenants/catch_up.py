"""Up to when a winery's webhooks are checked against its shop's own lists. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy
from service.domain.events.event import EVENT_WINDOW
from service.domain.shop.signal import ObjectKind
from service.domain.shop.time_zone import start_of_day

OVERLAP = timedelta(hours=1)
"""How far a listing reaches back behind the one before it: a change may be listed late."""

NIGHTLY_REACH = timedelta(hours=48)
"""How far the nightly listing reaches back."""

SILENT_OBJECTS, SILENT_FOR = 3, timedelta(hours=6)
"""How many objects in how long a time must have come without any webhook to count as silence."""

_NIGHT_BEGINS, _NIGHT_MINUTES = timedelta(hours=2), 180


class Silence(Struct, frozen=True, kw_only=True):
    """Objects of one kind that only the shop's list told of, and since when no webhook came."""

    since: datetime
    objects: int = 0


class Comparison(Struct, frozen=True, kw_only=True):
    """How many new objects of one kind webhooks told of, and how many only the list."""

    kind: ObjectKind
    told: int = 0
    untold: int = 0


class CatchUp(Struct, frozen=True, kw_only=True):
    """The state of a winery's reconciliation.

    What the shop changed from `starts_at` to `listed_until` was listed. The listing under way, if
    any, lists the changes from `listing_since` to `listing_until`. At `at` the next listing begins,
    or this one begins anew; from `nightly_at` on the next one reaches back for two days. Webhooks
    were dropped from `dropped_since` on, so the next listing comes sooner. `silent` are the kinds
    of objects of which webhooks no longer tell.
    """

    dropped_since: datetime | None = None
    listing_since: datetime | None = None
    at: datetime | None = None
    listing_until: datetime | None = None
    listed_until: datetime | None = None
    starts_at: datetime | None = None
    nightly_at: datetime | None = None
    silent: Mapping[ObjectKind, Silence] = field(default_factory=dict)

    def new_since(self, now: datetime) -> datetime | None:
        """Return when the app was installed, if events from before can still be sent."""
        is_new = self.starts_at is not None and now < self.starts_at + EVENT_WINDOW
        return self.starts_at if is_new else None

    def dropped(self, *, now: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state after a webhook was dropped; itself if that is marked already."""
        if self.dropped_since:
            return self
        soon = now + policy.catch_up_after
        return replace(self, dropped_since=now, at=min(self.at or soon, soon))

    def begun(self, *, now: datetime, night: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state in which a listing is under way; `night` is when the next night is.

        The youngest changes are left to their webhooks, which say more, unless these are dropped.
        What was changed before the first time is left to the backfill.
        """
        marks = (self.listed_until, self.listing_since, self.dropped_since)
        known = self if any(marks) else begun_at(now)
        known = replace(known, nightly_at=known.nightly_at or night)
        until = now if self.dropped_since else now - policy.catch_up_after
        since = known.since(until)
        if since >= until:
            return replace(known, at=now + policy.listed_every)
        return replace(
            known,
            dropped_since=None,
            listing_since=since,
            listing_until=until,
            starts_at=known.starts_at or since,
            at=now + policy.listing_lost_after,
        )

    def since(self, until: datetime) -> datetime:
        """Return from when on a listing of the shop's changes until then begins."""
        marks = (self.listed_until, self.dropped_since)
        starts = [at - OVERLAP for at in marks if at]
        if self.listing_since:
            starts.append(self.listing_since)
        if self.is_night(until):
            starts.append(until - NIGHTLY_REACH)
        oldest = until - EVENT_WINDOW
        return max(min(starts), oldest, self.starts_at or oldest)

    def continued(self, *, at: datetime, policy: RetryPolicy) -> "CatchUp":
        """Return the state while the listing goes on, whose next step is done then."""
        return replace(self, at=at + policy.listing_lost_after)

    def ended(
        self, *, is_complete: bool, now: datetime, night: datetime, policy: RetryPolicy
    ) -> "CatchUp":
        """Return the state after the listing has come to its end.

        Unless it `is_complete`, the next listing covers the same time.
        """
        was_night = self.listing_until is not None and self.is_night(self.listing_until)
        pause = policy.catch_up_after if self.dropped_since else policy.listed_every
        return replace(
            self,
            listing_since=None,
            listing_until=None,
            listed_until=self.listing_until if is_complete else self.listed_until,
            nightly_at=night if was_night and is_complete else self.nightly_at,
            at=now + pause,
        )

    def compared(self, found: Iterable[Comparison], *, now: datetime) -> "CatchUp":
        """Return the state after some of a list was compared with what webhooks had told."""
        silent = dict(self.silent)
        for each in found:
            if each.told:
                silent.pop(each.kind, None)
            elif each.untold:
                known = silent.get(each.kind, Silence(since=now))
                silent[each.kind] = replace(known, objects=known.objects + each.untold)
        return replace(self, silent=silent)

    def silent_since(self, now: datetime) -> datetime | None:
        """Return since when webhooks are missing; `None` if that may be chance."""
        times = [
            each.since
            for each in self.silent.values()
            if each.objects >= SILENT_OBJECTS and each.since <= now - SILENT_FOR
        ]
        return min(times, default=None)

    def is_due(self, now: datetime) -> bool:
        """Tell whether a listing is to begin."""
        return self.at is None or self.at <= now

    def is_night(self, until: datetime) -> bool:
        """Tell whether a listing of the changes until then reaches back for two days."""
        return self.nightly_at is not None and self.nightly_at <= until


def begun_at(now: datetime) -> CatchUp:
    """Return the state of a winery that has the app from now on."""
    return CatchUp(starts_at=now, listed_until=now, at=now)


def next_night(tenant_id: str, *, zone: str | None, now: datetime) -> datetime:
    """Return the winery's next moment between two and five at night; each has a minute of its own.

    So the wineries of one time zone do not all list at once.
    """
    digest = sha256(tenant_id.encode()).digest()
    minutes = int.from_bytes(digest[:4]) % _NIGHT_MINUTES
    tonight = start_of_day(now, zone) + _NIGHT_BEGINS + timedelta(minutes=minutes)
    night = tonight if tonight > now else tonight + timedelta(days=1)
    return night.astimezone(UTC)

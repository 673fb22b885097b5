"""The winery's own sites on which the storefront's snippet was seen, and what runs beside it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace

MOST_SITES = 10
"""How many are kept; a winery can list more domains than it uses."""

SEEN_EVERY = timedelta(hours=1)
"""How often a call from the same site is written down, at most."""

_PIXEL_COUNTS_FOR = timedelta(days=7)
# Receipts are rarer than pages.
_PURCHASE_COUNTS_FOR = timedelta(days=30)


class OtherPixel(StrEnum):
    """What Meta's own pixel does on a page with the snippet, if there is one.

    One with an `OWN_PURCHASE` reports Purchase under an event id that we cannot know, so that Meta
    may count the order twice.
    """

    NONE = "none"
    BESIDE = "beside"
    OWN_PURCHASE = "own purchase"


class SnippetSite(Struct, frozen=True, kw_only=True):
    """A host that carries the snippet, and when a call from it was last written down.

    `pixel_at` is when another pixel was last seen beside it, and `own_purchase_at` when that
    reported a Purchase under an id of its own.
    """

    host: str
    seen_at: datetime
    pixel_at: datetime | None = None
    own_purchase_at: datetime | None = None

    def other_pixel(self, now: datetime) -> OtherPixel:
        """Return what is known of another pixel on this site."""
        if self.own_purchase_at and now < self.own_purchase_at + _PURCHASE_COUNTS_FOR:
            return OtherPixel.OWN_PURCHASE
        is_beside = self.pixel_at and now < self.pixel_at + _PIXEL_COUNTS_FOR
        return OtherPixel.BESIDE if is_beside else OtherPixel.NONE

    def seen_again(self, pixel: OtherPixel, *, at: datetime) -> "SnippetSite":
        """Return the site after a call; itself if all that it tells was noted within the hour."""
        known = [self.seen_at, *self._times_of(pixel)]
        if all(each and at < each + SEEN_EVERY for each in known):
            return self
        is_purchase = pixel is OtherPixel.OWN_PURCHASE
        return replace(
            self,
            seen_at=at,
            pixel_at=self.pixel_at if pixel is OtherPixel.NONE else at,
            own_purchase_at=at if is_purchase else self.own_purchase_at,
        )

    def _times_of(self, pixel: OtherPixel) -> Sequence[datetime | None]:
        """Return when what is now told of another pixel was noted last."""
        times = {
            OtherPixel.NONE: (),
            OtherPixel.BESIDE: (self.pixel_at,),
            OtherPixel.OWN_PURCHASE: (self.pixel_at, self.own_purchase_at),
        }
        return times[pixel]


def with_site(
    known: Sequence[SnippetSite], host: str, pixel: OtherPixel, *, at: datetime
) -> tuple[SnippetSite, ...]:
    """Return the sites after a call from this one; equal to `known` if it tells no news."""
    there = next((each for each in known if each.host == host), None)
    seen = there.seen_again(pixel, at=at) if there else _new(host, pixel, at=at)
    if seen is there:
        return tuple(known)
    others = [each for each in known if each.host != host]
    return (seen, *others[: MOST_SITES - 1])


def _new(host: str, pixel: OtherPixel, *, at: datetime) -> SnippetSite:
    return SnippetSite(
        host=host,
        seen_at=at,
        pixel_at=None if pixel is OtherPixel.NONE else at,
        own_purchase_at=at if pixel is OtherPixel.OWN_PURCHASE else None,
    )

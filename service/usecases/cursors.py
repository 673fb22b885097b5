"""How far work that is longer than one task has come; a part of the bodies of tasks."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Role
from service.ports import Cursor


class ReleaseCursor(Struct, frozen=True, kw_only=True):
    """How far a recheck of a tenant's waiting deliveries has come.

    `round` is the number of the change that the recheck follows. A recheck that `is_whole` reads
    all waiting deliveries; another ends once each pixel to be probed has an event. `next_at` is the
    earliest end of a rest among the deliveries read so far. `probed` are the pixels that have an
    event for their probe already.
    """

    round: int = 0
    is_whole: bool = True
    after: Cursor | None = None
    next_at: datetime | None = None
    probed: tuple[Role, ...] = ()


class Listing(StrEnum):
    """The lists of a shop that are read; the values are parts of stored tasks."""

    ORDERS = "order"
    MEMBERSHIPS = "membership"
    RESERVATIONS = "reservation"
    CUSTOMERS = "customer"
    FAILED_WEBHOOKS = "failed webhooks"

    @property
    def kind(self) -> ObjectKind | None:
        """Return the kind of the list's objects; `None` for webhooks, which are about any."""
        return None if self is Listing.FAILED_WEBHOOKS else ObjectKind(self.value)

    @property
    def following(self) -> "Listing | None":
        """Return the list that is read after this one."""
        every = list(Listing)
        return next(iter(every[every.index(self) + 1 :]), None)


class ListCursor(Struct, frozen=True, kw_only=True):
    """How far the listing of a shop's changes between two times has come.

    `kind` is the list that is read, at its page `place`. A listing is known by its `until`; one of
    an older release has none. `tries` is how often the shop did not answer for this page. It
    `is_answered` once the shop has answered for any page, and `has_gap` once a list was left out
    that the shop did not answer. One that `is_thorough` asks in the plainest way, though that may
    take more pages.
    """

    since: datetime
    kind: Listing = Listing.ORDERS
    until: datetime | None = None
    place: str = ""
    tries: int = 0
    is_answered: bool = False
    has_gap: bool = False
    is_thorough: bool = False

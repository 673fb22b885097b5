"""The fields that all objects of a shop share."""

from datetime import datetime

from msgspec import Struct, field

from service.domain.shop.person import Person


class ShopObject(Struct, frozen=True, kw_only=True):
    """An object of a shop that an event may be made from.

    `number` is the one that the shop's staff see, `channel` where it was made, if it has these.
    `updated_at` is when the shop last changed it, in UTC: of two signals, the newer has the later.
    """

    __repr__ = object.__repr__

    id: str
    updated_at: datetime | None = None
    number: str | None = None
    channel: str | None = None
    person: Person = field(default_factory=Person)

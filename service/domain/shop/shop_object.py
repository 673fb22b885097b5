"""The fields that all objects of a shop share."""

from dataclasses import dataclass, field
from datetime import datetime

from service.domain.shop.person import Person


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShopObject:
    """An object of a shop that an event may be made from.

    `number` is the one that the shop's staff see, `channel` where it was made, if it has these.
    `updated_at` is when the shop last changed it, in UTC: of two signals, the newer has the later.
    """

    id: str
    updated_at: datetime | None = None
    number: str | None = None
    channel: str | None = None
    person: Person = field(default_factory=Person)

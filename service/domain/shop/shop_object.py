"""The fields that all objects of a shop share."""

from dataclasses import dataclass, field

from service.domain.shop.person import Person


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShopObject:
    """An object of a shop that an event may be made from.

    `number` is the one that the shop's staff see, `channel` where it was made, if it has these.
    """

    id: str
    number: str | None = None
    channel: str | None = None
    person: Person = field(default_factory=Person)

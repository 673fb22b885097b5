"""What all objects of a shop have in common."""

from dataclasses import dataclass, field

from service.domain.shop.person import Person


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShopObject:
    """An object of a shop that an event may be made from.

    `number` is what the shop's staff call it by, `channel` where it came to be, if it has such.
    """

    id: str
    number: str | None = None
    channel: str | None = None
    person: Person = field(default_factory=Person)

"""A signal: news about one object of a shop."""

from enum import StrEnum
from typing import Generic, TypeVar

from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Personal
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation


class ObjectKind(StrEnum):
    """The objects of a shop that events are made from."""

    ORDER = "order"
    MEMBERSHIP = "membership"
    RESERVATION = "reservation"
    CUSTOMER = "customer"


class Action(StrEnum):
    """What has happened to the object."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Actor(StrEnum):
    """Who made an object."""

    SHOPPER = "shopper"
    STAFF = "staff"


Fact = Order | Membership | Reservation | Registration
"""The object, from the signal itself or from a look-up at the shop."""

Fact_co = TypeVar("Fact_co", bound=Fact, covariant=True)


class Signal(Personal, Generic[Fact_co], frozen=True, kw_only=True):
    """News about an object, and who made it; `None` if that is not known."""

    kind: ObjectKind
    action: Action
    fact: Fact_co
    actor: Actor | None = None

    @property
    def is_by_staff(self) -> bool:
        """Tell whether a staff member made the object, not the customer."""
        return self.actor is Actor.STAFF

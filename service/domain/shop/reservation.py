"""A booked visit to the tasting room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.shop.shop_object import ShopObject


class BookingStatus(StrEnum):
    """How a reservation stands."""

    BOOKED = "booked"
    PENDING = "pending"
    CANCELLED = "cancelled"
    NO_SHOW = "no show"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Reservation(ShopObject):
    """A reservation; `paid_at` in UTC. Its own time is the visit's, which nobody reports."""

    status: BookingStatus
    is_online: bool
    is_imported: bool
    paid_at: datetime | None

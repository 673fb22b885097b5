"""A booked visit to the tasting room."""

from datetime import datetime
from enum import StrEnum

from service.domain.shop.shop_object import ShopObject


class BookingStatus(StrEnum):
    """The status of a reservation."""

    BOOKED = "booked"
    PENDING = "pending"
    ON_HOLD = "on hold"
    CANCELLED = "cancelled"
    NO_SHOW = "no show"


class Reservation(ShopObject, frozen=True, kw_only=True):
    """A reservation; `booked_at` in UTC. The time of the visit is left out: no event needs it."""

    status: BookingStatus
    is_online: bool
    is_imported: bool
    booked_at: datetime | None

"""A person's membership of a wine club."""

from datetime import datetime
from enum import StrEnum

from service.domain.shop.shop_object import ShopObject


class MembershipStatus(StrEnum):
    """The status of a membership."""

    ACTIVE = "active"
    ON_HOLD = "on hold"
    CANCELLED = "cancelled"
    OTHER = "other"


class Membership(ShopObject, frozen=True, kw_only=True):
    """A membership; times in UTC, which may lie ahead.

    It `is_switched_from` if the member cancelled it to join another club.
    `bill_to_id` is the id of the member's own entry in the customer's address book.
    """

    status: MembershipStatus
    joined_at: datetime | None
    cancelled_at: datetime | None
    is_switched_from: bool = False
    bill_to_id: str | None

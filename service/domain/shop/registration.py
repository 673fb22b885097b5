"""A new customer record, which may be a sign-up."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.shop.shop_object import ShopObject


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Registration(ShopObject):
    """A customer record and when it was made, in UTC."""

    created_at: datetime | None

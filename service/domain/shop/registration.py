"""A new customer record, which may be a sign-up."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.shop.shop_object import ShopObject


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Registration(ShopObject):
    """A customer record and when it was made, in UTC.

    Only a person who signed up `has_account`; guests and a till's customers have none. `None` if
    the record does not say.
    """

    created_at: datetime | None
    has_account: bool | None = None

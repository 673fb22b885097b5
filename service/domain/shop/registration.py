"""A new customer record, which may be a sign-up."""

from datetime import datetime

from service.domain.shop.shop_object import ShopObject


class Registration(ShopObject, frozen=True, kw_only=True):
    """A customer record and when it was made, in UTC.

    Only a person who signed up `has_account`; guests and a till's customers have none. `None` if
    the record does not say.
    """

    created_at: datetime | None
    has_account: bool | None = None

"""The network half of Commerce7: one object, one request, one typed error."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from service.commerce7.answers import read_object
from service.commerce7.fields import Fields
from service.commerce7.public_settings import parse_shop
from service.commerce7.wire import (
    is_object_id,
    parse_address,
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
    parse_staff_member,
)
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.staff import StaffMember
from service.infra.http import Http, HttpAnswer, HttpFailureError
from service.infra.rate_limiter import RateLimiter
from service.ports import Refusal, ShopError

# Commerce7 drops connections now and then; asking again does no harm.
_TRIES = 3
_ACCOUNT_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,2000}")


def request_limiter() -> RateLimiter:
    """Return the limiter of our requests: 90 in any minute of the 100 that a winery is allowed.

    Each process counts its own. If several together ask too often, Commerce7's 429 sets the pace.
    A question about a person takes about three requests, so refused ones come that far apart.
    """
    second = timedelta(seconds=1)
    return RateLimiter(burst=30, interval=second, apart=3 * second)


class Commerce7Shops:
    """Port `Shops` over Commerce7's REST API: HTTP Basic, and the winery in a `tenant` header."""

    def __init__(
        self,
        http: Http,
        *,
        api_url: str,
        app_id: str,
        app_secret: str,
        limiter: RateLimiter,
        clock: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._base = api_url.rstrip("/")
        self._login = {"Authorization": _basic(app_id, app_secret)}
        self._limiter = limiter
        self._clock = clock

    def order(self, tenant_id: str, order_id: str) -> Order:
        """Return an order as it is now."""
        return parse_order(self._object(tenant_id, "order", order_id))

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        """Return a club membership as it is now."""
        return parse_membership(self._object(tenant_id, "club-membership", membership_id))

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        """Return a reservation as it is now."""
        return parse_reservation(self._object(tenant_id, "reservation", reservation_id))

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        """Return a customer's record as it is now."""
        return parse_customer(self._object(tenant_id, "customer", customer_id))

    def addresses(self, tenant_id: str, customer_id: str) -> Mapping[str, Address]:
        """Return the customer's address book by the entries' ids."""
        book = self._object(tenant_id, "customer", customer_id, "address")
        entries = book.children("customerAddresses") or book.children("addresses")
        # An entry without an id is nobody's in particular, and still tells which law to heed.
        return {each.text("id") or f"#{n}": parse_address(each) for n, each in enumerate(entries)}

    def shop(self, tenant_id: str) -> Shop:
        """Return what the shop tells everybody about itself; no credentials are shown for it."""
        return parse_shop(self._get(tenant_id, "setting/for-web?version=V2", login={}))

    def check_access(self, tenant_id: str) -> None:
        """Return if Commerce7 lets us in; the one order that it tells of is not read.

        Orders are what the app cannot be without, so no missing scope looks like an uninstall.
        """
        self._get(tenant_id, "order?limit=1", login=self._login)

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Return whose token of Commerce7's admin this is (Commerce7: Authenticate App Requests).

        It is not limited: a person waits, and their questions are few.
        """
        if not _ACCOUNT_TOKEN.fullmatch(account_token):
            raise ShopError(Refusal.NOT_ALLOWED)
        login = {"Authorization": account_token}
        return parse_staff_member(
            self._get(tenant_id, "account/user", login=login, is_limited=False)
        )

    def _object(self, tenant_id: str, *path: str) -> Fields:
        if not is_object_id(path[1]):
            raise ShopError(Refusal.NOT_FOUND)
        address = "/".join(quote(part, safe="") for part in path)
        found = self._get(tenant_id, address, login=self._login)
        # Whatever else it is, an object without the id that we asked for is not the answer.
        if len(path) == len(("kind", "id")) and (found.text("id") or "").lower() != path[1].lower():
            raise ShopError(Refusal.NO_ANSWER)
        return found

    def _get(
        self, tenant_id: str, path: str, *, login: Mapping[str, str], is_limited: bool = True
    ) -> Fields:
        headers = {**login, "tenant": tenant_id, "Accept": "application/json"}
        answer = self._answer(
            f"{self._base}/{path}", headers, limited_for=tenant_id if is_limited else None
        )
        now = self._clock()
        try:
            return read_object(answer.status, answer.body, answer.headers, now=now)
        except ShopError as error:
            if error.refusal is Refusal.TOO_OFTEN and error.retry_after:
                self._limiter.block_until(tenant_id, now + error.retry_after)
            raise

    def _answer(
        self, url: str, headers: Mapping[str, str], *, limited_for: str | None
    ) -> HttpAnswer:
        for tries_left in reversed(range(_TRIES)):
            wait = (
                self._limiter.retry_after(limited_for, now=self._clock()) if limited_for else None
            )
            if wait:
                raise ShopError(Refusal.TOO_OFTEN, retry_after=wait)
            try:
                return self._http.get(url, headers=headers)
            except HttpFailureError as failure:
                if failure.is_late or not tries_left:
                    raise ShopError(Refusal.NO_ANSWER) from failure
        raise ShopError(Refusal.NO_ANSWER)


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"

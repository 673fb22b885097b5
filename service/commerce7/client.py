"""A client of Commerce7's REST API: one object per request, one typed error."""

import logging
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from urllib.parse import quote

from msgspec import Struct

from service.commerce7.answers import read_object
from service.commerce7.fields import Fields
from service.commerce7.lists import (
    FAILED_WEBHOOKS,
    LISTS,
    PAGE_SIZE,
    ListName,
    Place,
    Ways,
    address,
    first_place,
    heeds_filter,
    page_of,
    place_of,
)
from service.commerce7.payload import Payload, read_as
from service.commerce7.public_settings import parse_shop
from service.commerce7.webhook import parse_failed_webhook
from service.commerce7.wire import (
    is_object_id,
    parse_address_book,
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
from service.domain.shop.signal import Fact, ObjectKind, Signal
from service.domain.shop.staff import StaffMember
from service.infra.http import Http, HttpAnswer, HttpFailureError
from service.infra.rate_limiter import RateLimiter
from service.ports import Refusal, ShopError, ShopPage

log = logging.getLogger(__name__)

# Commerce7 drops connections now and then; repeating a GET does no harm.
_TRIES = 3
_ACCOUNT_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,2000}")


_KEPT = 15
"""How many of the burst's requests those in the background leave to the others."""


class RequestLimits(Struct, frozen=True, kw_only=True):
    """The limiters of our requests, each per winery.

    `access_checks` have an allowance of their own, so that no other request delays them, and so
    have those that a staff member waits for (`staff_checks`), since strangers cause the former.
    """

    requests: RateLimiter
    access_checks: RateLimiter
    staff_checks: RateLimiter


def request_limits() -> RequestLimits:
    """Return the limits: 96 requests in any minute; Commerce7 allows 100 per winery.

    Each process counts its own requests. If several together send too many, Commerce7's 429 limits
    them. A look-up takes about three requests, so refused ones are given times 3 s apart. Staff's
    checks come on top, since only a winery that is not installed has them.
    """
    second = timedelta(seconds=1)
    return RequestLimits(
        requests=RateLimiter(burst=30, interval=second, apart=3 * second),
        access_checks=RateLimiter(burst=2, interval=15 * second),
        staff_checks=RateLimiter(burst=5, interval=10 * second),
    )


class Commerce7Shops:
    """Port `Shops` over Commerce7's REST API: HTTP Basic, and the tenant's id in a header."""

    def __init__(
        self,
        http: Http,
        *,
        api_url: str,
        app_id: str,
        app_secret: str,
        limits: RequestLimits,
        clock: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._base = api_url.rstrip("/")
        self._login = {"Authorization": _basic(app_id, app_secret)}
        self._limits = limits
        self._clock = clock
        self._keep = 0
        self._ways = Ways()

    def in_background(self) -> "Commerce7Shops":
        """Return the same shops; its requests leave half of each winery's burst to others."""
        background = copy(self)
        background._keep = _KEPT  # noqa: SLF001 - a copy of itself
        return background

    def order(self, tenant_id: str, order_id: str) -> Order:
        """Return an order as it is now."""
        return parse_order(self._payload(tenant_id, "order", order_id))

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        """Return a club membership as it is now."""
        return parse_membership(self._payload(tenant_id, "club-membership", membership_id))

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        """Return a reservation as it is now."""
        return parse_reservation(self._payload(tenant_id, "reservation", reservation_id))

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        """Return a customer's record as it is now."""
        return parse_customer(self._payload(tenant_id, "customer", customer_id))

    def addresses(self, tenant_id: str, customer_id: str) -> Mapping[str, Address]:
        """Return the customer's address book, by entry id."""
        return parse_address_book(self._object(tenant_id, "customer", customer_id, "address"))

    def changed(
        self,
        tenant_id: str,
        kind: ObjectKind,
        *,
        since: datetime,
        place: str,
        is_thorough: bool = False,
    ) -> ShopPage[Fact]:
        """Return a page of the objects that were changed at that time or later.

        A filter by day lets earlier changes of that day through, which are left out here.
        """
        name, parse = LISTS[kind]
        at = self._place(name, place, is_thorough=is_thorough)
        page = self._page(tenant_id, name, at, since=since)
        facts = [parse(read_as(Payload, each.value)) for each in page.items]
        return page.holding([fact for fact in facts if is_object_id(fact.id)])

    def failed_webhooks(
        self, tenant_id: str, *, since: datetime, place: str, is_thorough: bool = False
    ) -> ShopPage[Signal[Fact]]:
        """Return a page of our webhooks that failed at that time or later."""
        at = self._place(FAILED_WEBHOOKS, place, is_thorough=is_thorough)
        page = self._page(tenant_id, FAILED_WEBHOOKS, at, since=since)
        found = (parse_failed_webhook(each, tenant_id=tenant_id) for each in page.items)
        return page.holding([signal for signal in found if signal])

    def _place(self, name: ListName, place: str, *, is_thorough: bool) -> Place:
        return place_of(place, first=name.ways[-1] if is_thorough else self._ways.best(name))

    def _page(
        self, tenant_id: str, name: ListName, at: Place, *, since: datetime
    ) -> ShopPage[Fields]:
        """Return a page; the first one of another way to ask if Commerce7 does not take this."""
        while True:
            is_last_way = at.way is name.ways[-1]
            try:
                answer = self._get(
                    tenant_id,
                    address(name, at, since=since),
                    login=self._login,
                    pace=self._limits.requests,
                    is_a_try=not is_last_way,
                )
            except ShopError as error:
                if error.refusal is not Refusal.OUR_FAULT or is_last_way:
                    raise
            else:
                entries = answer.children(name.entries)
                if is_last_way or heeds_filter(entries, since=since):
                    return page_of(answer, entries, at, since=since)
            way = self._ways.give_up(name, at.way)
            log.warning("shop.list_asked_otherwise", extra={"cause": name.path})
            at = first_place(way or name.ways[-1])

    def orders_numbered(self, tenant_id: str, number: str) -> Sequence[Order]:
        """Return the orders with exactly this number, by one request.

        Commerce7 searches its orders for the text `q`, which may find others, too.
        """
        path = f"order?q={quote(number, safe='')}&limit={PAGE_SIZE}"
        answer = self._get(tenant_id, path, login=self._login, pace=self._limits.requests)
        found = [parse_order(read_as(Payload, each.value)) for each in answer.children("orders")]
        return [order for order in found if order.number == number and is_object_id(order.id)]

    def shop(self, tenant_id: str) -> Shop:
        """Return the shop's public settings; they need no credentials."""
        path = "setting/for-web?version=V2"
        return parse_shop(self._get(tenant_id, path, login={}, pace=self._limits.requests))

    def check_access(self, tenant_id: str, *, is_waited_for: bool = False) -> None:
        """Return if Commerce7 accepts our login, by listing one order.

        The app cannot work without the scope for orders, so no other missing scope looks like an
        uninstall.
        """
        limits = self._limits
        pace = limits.staff_checks if is_waited_for else limits.access_checks
        self._get(tenant_id, "order?limit=1", login=self._login, pace=pace)

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Return the owner of an account token (Commerce7: Authenticate App Requests).

        The rate limiter is not asked: a person waits, and such requests are few.
        """
        if not _ACCOUNT_TOKEN.fullmatch(account_token):
            raise ShopError(Refusal.NOT_ALLOWED)
        login = {"Authorization": account_token}
        return parse_staff_member(self._get(tenant_id, "account/user", login=login, pace=None))

    def _payload(self, tenant_id: str, *path: str) -> Payload:
        return read_as(Payload, self._object(tenant_id, *path).value)

    def _object(self, tenant_id: str, *path: str) -> Fields:
        if not is_object_id(path[1]):
            raise ShopError(Refusal.NOT_FOUND)
        address = "/".join(quote(part, safe="") for part in path)
        found = self._get(tenant_id, address, login=self._login, pace=self._limits.requests)
        # An object with another id than the requested one is no answer.
        if len(path) == len(("kind", "id")) and (found.text("id") or "").lower() != path[1].lower():
            raise ShopError(Refusal.NO_ANSWER)
        return found

    def _get(
        self,
        tenant_id: str,
        path: str,
        *,
        login: Mapping[str, str],
        pace: RateLimiter | None,
        is_a_try: bool = False,
    ) -> Fields:
        headers = {**login, "tenant": tenant_id, "Accept": "application/json"}
        answer = self._answer(f"{self._base}/{path}", headers, tenant_id=tenant_id, pace=pace)
        now = self._clock()
        try:
            return read_object(answer.status, answer.body, answer.headers, now=now)
        except ShopError as error:
            if not (is_a_try and error.refusal is Refusal.OUR_FAULT):
                self._heed(error, tenant_id, path, pace=pace, now=now)
            raise

    def _heed(
        self,
        error: ShopError,
        tenant_id: str,
        path: str,
        *,
        pace: RateLimiter | None,
        now: datetime,
    ) -> None:
        """Pause if Commerce7 asked for it, and report a request that it did not understand.

        The answer to a stranger's question never pauses the winery's own requests.
        """
        if error.refusal is Refusal.TOO_OFTEN and error.retry_after and pace:
            pace.block_until(tenant_id, now + error.retry_after)
        if error.refusal is Refusal.OUR_FAULT:
            kind = path.partition("/")[0].partition("?")[0]  # without any id
            log.error("shop.rejects_request", extra={"tenant": tenant_id, "cause": kind})

    def _answer(
        self, url: str, headers: Mapping[str, str], *, tenant_id: str, pace: RateLimiter | None
    ) -> HttpAnswer:
        for tries_left in reversed(range(_TRIES)):
            # The tries of an access check count as one: a shop that drops them all is silent.
            is_counted = pace is self._limits.requests or tries_left == _TRIES - 1
            if pace and is_counted and (wait := self._wait(pace, tenant_id)):
                raise ShopError(Refusal.TOO_OFTEN, retry_after=wait)
            try:
                return self._http.get(url, headers=headers)
            except HttpFailureError as failure:
                if failure.is_late or not tries_left:
                    raise ShopError(Refusal.NO_ANSWER) from failure
        raise ShopError(Refusal.NO_ANSWER)

    def _wait(self, pace: RateLimiter, tenant_id: str) -> timedelta | None:
        keep = self._keep if pace is self._limits.requests else 0
        return pace.retry_after(tenant_id, now=self._clock(), keep=keep)


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"

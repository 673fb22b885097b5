"""A client of Commerce7's REST API: one object per request, one typed error."""

import logging
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from service.commerce7.answers import read_object
from service.commerce7.fields import Fields
from service.commerce7.public_settings import parse_shop
from service.commerce7.wire import (
    is_object_id,
    object_id,
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
from service.domain.shop.signal import Fact, ObjectKind
from service.domain.shop.staff import StaffMember
from service.infra.http import Http, HttpAnswer, HttpFailureError
from service.infra.rate_limiter import RateLimiter
from service.ports import Refusal, ShopError, ShopPage

log = logging.getLogger(__name__)

# Commerce7 drops connections now and then; repeating a GET does no harm.
_TRIES = 3
_ACCOUNT_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,2000}")


PAGE_SIZE = 50
"""The most objects of a page (Commerce7: Commerce7 APIs, "Pagination")."""

_MOST_PAGES = 100
"""Commerce7 slows down requests for later pages."""

_LISTS: Mapping[ObjectKind, tuple[str, str, Callable[[Fields], Fact]]] = {
    ObjectKind.ORDER: ("order", "orders", parse_order),
    ObjectKind.MEMBERSHIP: ("club-membership", "clubMemberships", parse_membership),
    ObjectKind.RESERVATION: ("reservation", "reservations", parse_reservation),
    ObjectKind.CUSTOMER: ("customer", "customers", parse_customer),
}
"""The address of each kind's list, the name of the list in its answer, and its parser."""

_KEPT = 15
"""How many of the burst's requests those in the background leave to the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
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

    def in_background(self) -> "Commerce7Shops":
        """Return the same shops; its requests leave half of each winery's burst to others."""
        background = copy(self)
        background._keep = _KEPT  # noqa: SLF001 - a copy of itself
        return background

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
        """Return the customer's address book, by entry id."""
        book = self._object(tenant_id, "customer", customer_id, "address")
        entries = book.children("customerAddresses") or book.children("addresses")
        # An entry without an id cannot be a bill-to address, but still decides the privacy law.
        return {object_id(each) or f"#{n}": parse_address(each) for n, each in enumerate(entries)}

    def changed(self, tenant_id: str, kind: ObjectKind, *, since: datetime, page: int) -> ShopPage:
        """Return a page of the objects that were changed at that time or later.

        Commerce7's filters take a date (Commerce7: Orders, "List all orders"), so a page holds
        objects of the whole day, of which earlier ones are left out here.
        """
        path, name, parse = _LISTS[kind]
        day = f"{since.astimezone(UTC):%Y-%m-%d}"
        query = f"updatedAt=gte:{day}&limit={PAGE_SIZE}&page={page}"
        answer = self._get(
            tenant_id, f"{path}?{query}", login=self._login, pace=self._limits.requests
        )
        listed = answer.children(name)
        facts = [fact for each in listed if is_object_id((fact := parse(each)).id)]
        return ShopPage(
            facts=[fact for fact in facts if fact.updated_at is None or fact.updated_at >= since],
            has_next=len(listed) >= PAGE_SIZE and page < _MOST_PAGES,
        )

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
        self, tenant_id: str, path: str, *, login: Mapping[str, str], pace: RateLimiter | None
    ) -> Fields:
        headers = {**login, "tenant": tenant_id, "Accept": "application/json"}
        answer = self._answer(f"{self._base}/{path}", headers, tenant_id=tenant_id, pace=pace)
        now = self._clock()
        try:
            return read_object(answer.status, answer.body, answer.headers, now=now)
        except ShopError as error:
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

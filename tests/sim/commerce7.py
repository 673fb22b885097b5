"""A simulated Commerce7 API with the wineries' objects, read by the real parsers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from service.commerce7 import payload
from service.commerce7.fields import Fields
from service.commerce7.webhook import parse_failed_webhook
from service.commerce7.wire import parse_customer, parse_membership, parse_order, parse_reservation
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.signal import Fact, ObjectKind, Signal
from service.domain.shop.staff import StaffMember
from service.ports import Refusal, ShopError, ShopPage
from tests.sim.faults import Fault
from tests.sim.instance import Instance
from tests.sim.objects import KINDS, Payload, ShopObject

T = TypeVar("T")
_PAGE_SIZE = 50
_PARSERS: Mapping[ObjectKind, Callable[[payload.Payload], Fact]] = {
    ObjectKind.ORDER: parse_order,
    ObjectKind.MEMBERSHIP: parse_membership,
    ObjectKind.RESERVATION: parse_reservation,
    ObjectKind.CUSTOMER: parse_customer,
}
_NOT_FOUND_FOR = timedelta(seconds=15)
"""For how long after its webhook Commerce7 may not find an object."""


def _read(content: Payload, parse: Callable[[payload.Payload], T]) -> T:
    return parse(payload.read_as(payload.Payload, content))


@dataclass
class Commerce7Account:
    """One winery's data at Commerce7, and whether our login is accepted for it."""

    objects: dict[str, ShopObject] = field(default_factory=dict)
    shop: Shop = field(default_factory=Shop)
    accepts_login: bool = True
    unavailable_until: datetime | None = None
    failed_webhooks: list[tuple[datetime, Payload]] = field(default_factory=list)


@dataclass(frozen=True)
class SimShops:
    """Port `Shops`: one instance's connection to the simulated Commerce7."""

    accounts: dict[str, Commerce7Account]
    instance: Instance

    def in_background(self) -> "SimShops":
        """Return itself: nothing here has a priority."""
        return self

    def order(self, tenant_id: str, order_id: str) -> Order:
        """Return an order as it is now."""
        return self._object(tenant_id, order_id, parse_order)

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        """Return a club membership as it is now."""
        return self._object(tenant_id, membership_id, parse_membership)

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        """Return a reservation as it is now."""
        return self._object(tenant_id, reservation_id, parse_reservation)

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        """Return a customer's record as it is now."""
        account = self._ask(tenant_id, "customer")
        return _read(self._person(account, customer_id), parse_customer)

    def addresses(self, tenant_id: str, customer_id: str) -> dict[str, Address]:
        """Return the customer's address book."""
        account = self._ask(tenant_id, "addresses")
        self._person(account, customer_id)
        return {}

    def changed(
        self,
        tenant_id: str,
        kind: ObjectKind,
        *,
        since: datetime,
        place: str,
        is_thorough: bool = False,
    ) -> ShopPage[Fact]:
        """Return a page of the objects that were changed since then, as they are now."""
        del is_thorough
        account = self._ask(tenant_id, f"changed {kind}")
        now = self.instance.loop.now
        changed = [obj for obj in account.objects.values() if KINDS[obj.type] is kind]
        contents = [obj.content_at(now) for obj in changed if obj.is_changed(since, until=now)]
        listed = [_read(content, _PARSERS[kind]) for content in contents if content]
        begin = int(place or 0)
        end = begin + _PAGE_SIZE
        following = str(end) if len(listed) > end else ""
        return ShopPage(items=listed[begin:end], following=following)

    def failed_webhooks(
        self, tenant_id: str, *, since: datetime, place: str, is_thorough: bool = False
    ) -> ShopPage[Signal[Fact]]:
        """Return the webhooks that were given up since then, which include deletions."""
        del place, is_thorough
        account = self._ask(tenant_id, "failed webhooks")
        found = (
            parse_failed_webhook(Fields(entry), tenant_id=tenant_id)
            for at, entry in account.failed_webhooks
            if at >= since
        )
        return ShopPage(items=[signal for signal in found if signal])

    def orders_numbered(self, tenant_id: str, number: str) -> list[Order]:
        """Return no order: no page is opened here, so none is asked for."""
        del number
        self._ask(tenant_id, "orders")
        return []

    def shop(self, tenant_id: str) -> Shop:
        """Return the shop's public settings."""
        return self._ask(tenant_id, "shop", is_public=True).shop

    def check_access(self, tenant_id: str, *, is_waited_for: bool = False) -> None:
        """Return if our login is accepted; no page is opened here, so none is waited for."""
        del is_waited_for
        self._ask(tenant_id, "check_access")

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Refuse: no page is opened here."""
        del tenant_id, account_token
        raise ShopError(Refusal.NOT_ALLOWED)

    def _object(self, tenant_id: str, object_id: str, parse: Callable[[payload.Payload], T]) -> T:
        account = self._ask(tenant_id, object_id)
        return _read(self._content(account.objects.get(object_id)), parse)

    def _person(self, account: Commerce7Account, customer_id: str) -> Payload:
        """Return a customer's record, made by a sign-up or together with another object."""
        if customer_id in account.objects:
            return self._content(account.objects[customer_id])
        for obj in account.objects.values():
            if obj.customer["id"] == customer_id:
                return obj.customer
        raise ShopError(Refusal.NOT_FOUND)

    def _content(self, obj: ShopObject | None) -> Payload:
        now = self.instance.loop.now
        content = obj.content_at(now) if obj else None
        if obj is None or content is None:
            raise ShopError(Refusal.NOT_FOUND)
        is_new = now < obj.changes[0].at + _NOT_FOUND_FOR
        if is_new and self.instance.faults.happens(Fault.SHOP_NOT_FOUND):
            raise ShopError(Refusal.NOT_FOUND)
        return content

    def _ask(self, tenant_id: str, what: str, *, is_public: bool = False) -> Commerce7Account:
        faults, now = self.instance.faults, self.instance.loop.now
        self.instance.wait(f"shop ← {what}")
        account = self.accounts[tenant_id]
        self.instance.wait(f"shop → {what}")
        is_unavailable = account.unavailable_until is not None and now < account.unavailable_until
        if is_unavailable or faults.is_out(Fault.SHOP_OUTAGE) or faults.happens(Fault.SHOP_TIMEOUT):
            raise ShopError(Refusal.NO_ANSWER)
        if faults.happens(Fault.SHOP_THROTTLES):
            retry_after = timedelta(seconds=60 * faults.rng.random())
            raise ShopError(Refusal.TOO_OFTEN, retry_after=retry_after)
        if not (account.accepts_login or is_public):
            raise ShopError(Refusal.NOT_ALLOWED)
        return account

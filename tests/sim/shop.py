"""A simulated Commerce7 API with the wineries' objects, read by the real parsers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from service.commerce7.fields import Fields
from service.commerce7.wire import parse_customer, parse_membership, parse_order, parse_reservation
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.staff import StaffMember
from service.ports import Refusal, ShopError
from tests.sim.faults import Fault
from tests.sim.instance import Instance
from tests.sim.objects import Payload, Thing

T = TypeVar("T")
_BLIND_FOR = timedelta(seconds=15)
"""For how long after its webhook Commerce7 may not find an object."""


@dataclass
class Winery:
    """One winery's data at Commerce7, and whether our login is accepted for it."""

    things: dict[str, Thing] = field(default_factory=dict)
    facts: Shop = field(default_factory=Shop)
    admits: bool = True
    silent_until: datetime | None = None


@dataclass(frozen=True)
class ShopLine:
    """Port `Shops`: one instance's connection to the simulated Commerce7."""

    wineries: dict[str, Winery]
    instance: Instance

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
        winery = self._asked(tenant_id, "customer")
        return parse_customer(Fields(self._person(winery, customer_id)))

    def addresses(self, tenant_id: str, customer_id: str) -> dict[str, Address]:
        """Return the customer's address book."""
        winery = self._asked(tenant_id, "addresses")
        self._person(winery, customer_id)
        return {}

    def shop(self, tenant_id: str) -> Shop:
        """Return the shop's public settings."""
        return self._asked(tenant_id, "shop", is_public=True).facts

    def check_access(self, tenant_id: str) -> None:
        """Return if our login is accepted."""
        self._asked(tenant_id, "check_access")

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Refuse: no page is opened here."""
        del tenant_id, account_token
        raise ShopError(Refusal.NOT_ALLOWED)

    def _object(self, tenant_id: str, object_id: str, parse: Callable[[Fields], T]) -> T:
        winery = self._asked(tenant_id, object_id)
        return parse(Fields(self._seen(winery.things.get(object_id))))

    def _person(self, winery: Winery, customer_id: str) -> Payload:
        """Return a customer's record, made by a sign-up or together with another object."""
        if customer_id in winery.things:
            return self._seen(winery.things[customer_id])
        for thing in winery.things.values():
            if thing.customer["id"] == customer_id:
                return thing.customer
        raise ShopError(Refusal.NOT_FOUND)

    def _seen(self, thing: Thing | None) -> Payload:
        now = self.instance.loop.now
        seen = thing.seen(now) if thing else None
        if thing is None or seen is None:
            raise ShopError(Refusal.NOT_FOUND)
        is_new = now < thing.story[0].at + _BLIND_FOR
        if is_new and self.instance.faults.happens(Fault.SHOP_BLIND):
            raise ShopError(Refusal.NOT_FOUND)
        return seen

    def _asked(self, tenant_id: str, what: str, *, is_public: bool = False) -> Winery:
        faults, now = self.instance.faults, self.instance.loop.now
        self.instance.wait(f"shop ← {what}")
        winery = self.wineries[tenant_id]
        self.instance.wait(f"shop → {what}")
        is_silent = winery.silent_until is not None and now < winery.silent_until
        if is_silent or faults.is_out(Fault.SHOP_OUTAGE) or faults.happens(Fault.SHOP_SILENT):
            raise ShopError(Refusal.NO_ANSWER)
        if faults.happens(Fault.SHOP_BUSY):
            rest = timedelta(seconds=60 * faults.rng.random())
            raise ShopError(Refusal.TOO_OFTEN, retry_after=rest)
        if not (winery.admits or is_public):
            raise ShopError(Refusal.NOT_ALLOWED)
        return winery

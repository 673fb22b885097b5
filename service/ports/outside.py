"""The queue and the two vendors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.staff import StaffMember
from service.domain.tenants.connection import ConnectionTest, ConnectionTestAnswer, TokenFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A call to be made back to us: at least once, perhaps twice, perhaps late.

    `name` makes one task of equal ones. The body is small and holds no personal data. The call
    comes no sooner than after the `delay`. What `is_bulk` may wait behind everything else.
    """

    name: str
    path: str
    body: bytes
    delay: timedelta = timedelta(0)
    is_bulk: bool = False


class Queue(Protocol):
    """Where tasks wait. Methods may raise QueueUnavailableError."""

    def enqueue(self, task: Task) -> None:
        """Take the task, or know it already; both are success."""
        ...

    def ping(self) -> None:
        """Return if the queue answers."""
        ...


class Conversions(Protocol):
    """The vendor who receives events."""

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post one event once. Never raises for what the vendor or the network did.

        A `test_code` marks the event as a test of the merchant's, and only such ones.
        """
        ...


class Connections(Protocol):
    """What the vendor says of pixels and tokens. Never raises for what it or the network did."""

    def token_facts(self, token: str) -> TokenFacts:
        """Return what the vendor tells of the token."""
        ...

    def pixel_name(self, pixel_id: str, *, token: str) -> str | None:
        """Return the pixel's name, if the vendor tells it to this token."""
        ...

    def probe(self, probe: ConnectionTest, *, pixel_id: str, token: str) -> ConnectionTestAnswer:
        """Post a harmless event once."""
        ...


class Mailer(Protocol):
    """Who takes e-mail for people."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Hand one e-mail over, or raise MailError."""
        ...


class Shops(Protocol):
    """The platform that shops run on. Every method raises ShopError, and nothing else."""

    def order(self, tenant_id: str, order_id: str) -> Order:
        """Return an order as it is now."""
        ...

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        """Return a club membership as it is now."""
        ...

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        """Return a reservation as it is now."""
        ...

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        """Return a customer's record as it is now."""
        ...

    def addresses(self, tenant_id: str, customer_id: str) -> Mapping[str, Address]:
        """Return the customer's address book by the entries' ids."""
        ...

    def shop(self, tenant_id: str) -> Shop:
        """Return what the shop tells everybody about itself."""
        ...

    def check_access(self, tenant_id: str) -> None:
        """Return if the shop lets us in with our own key; NOT_ALLOWED if it refuses."""
        ...

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Return whose token of the shop's admin this is; NOT_ALLOWED if it is nobody's."""
        ...

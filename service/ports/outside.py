"""Ports to the queue, to Meta, to the mail server and to Commerce7."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.signal import Fact, ObjectKind
from service.domain.shop.staff import StaffMember
from service.domain.tenants.connection import ConnectionTest, ConnectionTestAnswer, TokenFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A call that the queue makes back to us: at least once, perhaps twice, perhaps late.

    The queue takes only one task of each `name`. The body is small and holds no personal data. The
    call is made after the `delay` at the earliest. A task that `is_bulk` may wait behind others.
    """

    name: str
    path: str
    body: bytes
    delay: timedelta = timedelta(0)
    is_bulk: bool = False


class Queue(Protocol):
    """Where tasks wait. Methods may raise QueueUnavailableError."""

    def enqueue(self, task: Task) -> None:
        """Take the task; one whose name is known already is ignored, which is success too."""
        ...

    def ping(self) -> None:
        """Return if the queue answers."""
        ...


class Conversions(Protocol):
    """The vendor's API that receives events."""

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post one event once. Errors of the vendor or the network are verdicts, not exceptions.

        `test_code` is the merchant's test event code; pass it for test events only.
        """
        ...


class Connections(Protocol):
    """The vendor's answers about pixels and tokens. Its errors, and the network's, never raise."""

    def token_facts(self, token: str) -> TokenFacts:
        """Return what the vendor knows about the token."""
        ...

    def pixel_name(self, pixel_id: str, *, token: str) -> str | None:
        """Return the pixel's name, if this token may read it."""
        ...

    def probe(self, probe: ConnectionTest, *, pixel_id: str, token: str) -> ConnectionTestAnswer:
        """Post a harmless event once."""
        ...


class Mailer(Protocol):
    """The mail server."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send one e-mail, or raise MailError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ShopPage:
    """One page of a shop's objects, and whether there may be another one."""

    facts: Sequence[Fact]
    has_next: bool


class Shops(Protocol):
    """The platform that shops run on. Its questions raise ShopError, and nothing else."""

    def in_background(self) -> "Shops":
        """Return the same shops with a low priority: its questions give way to all others."""
        ...

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

    def changed(
        self, tenant_id: str, kind: ObjectKind, *, since: datetime, page: int
    ) -> "ShopPage":
        """Return a page, from 1 on, of the objects that were changed at that time or later."""
        ...

    def shop(self, tenant_id: str) -> Shop:
        """Return the shop's public settings."""
        ...

    def check_access(self, tenant_id: str, *, is_waited_for: bool = False) -> None:
        """Return if the shop accepts our own key; NOT_ALLOWED if it refuses.

        With `is_waited_for`, a staff member waits: no other check uses up the room for theirs.
        """
        ...

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        """Return the staff member whom this admin token belongs to; NOT_ALLOWED if to none."""
        ...

"""Ports to the queue, to Meta, to the mail server and to Commerce7."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.domain.figures.quality import OfflineEvents, QualityAnswer
from service.domain.mail.mail import Mail
from service.domain.shop.membership import Membership
from service.domain.shop.order import Order
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import Reservation
from service.domain.shop.signal import Fact, ObjectKind, Signal
from service.domain.shop.staff import StaffMember
from service.domain.tenants.connection import ConnectionTest, ConnectionTestAnswer, TokenFacts

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


CALLS_AT_ONCE = "X-Calls-At-Once"
"""The header of an answer that refuses a task since its destination is slow: how many it takes."""


class Task(Struct, frozen=True, kw_only=True):
    """A call that the queue makes back to us: at least once, perhaps twice, perhaps late.

    The queue takes only one task of each `name`. The body is small, and what it holds of a person
    is sealed. The call is made after the `delay` at the earliest. A task that `is_bulk` may wait
    behind others. Tasks of one `destination` ask the same party; the queue may put them off
    together while it is slow.
    """

    name: str
    path: str
    body: bytes
    delay: timedelta = timedelta(0)
    is_bulk: bool = False
    destination: str = ""


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

    def quality(self, pixel_id: str, *, token: str) -> QualityAnswer:
        """Return how well the events that we sent to the pixel are matched to people."""
        ...

    def offline_events(self, pixel_id: str, *, token: str) -> OfflineEvents | None:
        """Return whether the pixel takes events from outside the web; `None` without an answer."""
        ...


class Mailer(Protocol):
    """The mail server."""

    def send(self, *, to: str, mail: Mail) -> None:
        """Send the e-mail to this address, or raise MailError."""
        ...


class ShopPage(Struct, Generic[T_co], frozen=True, kw_only=True):
    """One page of a shop's list.

    `following` is the place of the next page, empty at the list's end; it is to be asked for after
    the `rest`. `total` is how many entries the whole list has, if the shop says so.
    """

    __repr__ = object.__repr__

    items: Sequence[T_co]
    following: str = ""
    rest: timedelta = timedelta(0)
    total: int | None = None

    def holding(self, items: Sequence[T]) -> "ShopPage[T]":
        """Return the same page with these items."""
        return ShopPage(items=items, following=self.following, rest=self.rest, total=self.total)


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
        self,
        tenant_id: str,
        kind: ObjectKind,
        *,
        since: datetime,
        place: str,
        is_thorough: bool = False,
    ) -> ShopPage[Fact]:
        """Return a page of the objects that were changed at that time or later.

        The first page has an empty `place`, the others the one that the page before names. The
        list may begin anew at any page. With `is_thorough` the shop is asked in the plainest way,
        though that may take more pages.
        """
        ...

    def failed_webhooks(
        self, tenant_id: str, *, since: datetime, place: str, is_thorough: bool = False
    ) -> ShopPage[Signal[Fact]]:
        """Return a page, as `changed` does, of our webhooks that failed at that time or later."""
        ...

    def orders_numbered(self, tenant_id: str, number: str) -> Sequence[Order]:
        """Return the orders with this number as they are now: one, none, or after an import two.

        The number has only digits.
        """
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

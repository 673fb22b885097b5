"""Fakes of the ports, for tests of the layers above."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

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
from service.ports import (
    MailError,
    NotAllowedCallerError,
    NotOurQueueError,
    QueueUnavailableError,
    Refusal,
    ShopError,
    ShopPage,
    Task,
)
from tests.builders import ACCEPTED
from tests.plain_words import unplain

T = TypeVar("T")


@dataclass
class ListQueue:
    """A queue that keeps its tasks for the test to deliver. It can be made unavailable."""

    tasks: list[Task] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    is_down: bool = False

    def enqueue(self, task: Task) -> None:
        self.ping()
        if task.name not in self.done | {known.name for known in self.tasks}:
            self.tasks.append(task)

    def ping(self) -> None:
        if self.is_down:
            raise QueueUnavailableError("the queue did not answer")


@dataclass
class ScriptedConversions:
    """A Meta that gives scripted answers first, then accepts every event."""

    script: list[Verdict] = field(default_factory=list)
    sent: list[tuple[Event, str, str]] = field(default_factory=list)
    test_codes: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        self.sent.append((event, pixel_id, token))
        self.test_codes.append(test_code)
        self.meanwhile()
        return self.script.pop(0) if self.script else ACCEPTED


@dataclass
class ScriptedConnections:
    """A Meta whose facts of tokens and pixels a test sets; by default it accepts every probe."""

    facts: TokenFacts = field(default_factory=TokenFacts)
    name: str | None = None
    answer: ConnectionTestAnswer = field(
        default_factory=lambda: ConnectionTestAnswer(verdict=ACCEPTED)
    )
    scores: QualityAnswer = field(default_factory=QualityAnswer)
    offline: OfflineEvents | None = None
    asked_offline: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    probes: list[tuple[ConnectionTest, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def token_facts(self, token: str) -> TokenFacts:
        self.asked.append(("token", token))
        return self.facts

    def pixel_name(self, pixel_id: str, *, token: str) -> str | None:
        self.asked.append((f"name of {pixel_id}", token))
        return self.name

    def quality(self, pixel_id: str, *, token: str) -> QualityAnswer:
        self.asked.append((f"quality of {pixel_id}", token))
        self.meanwhile()
        return self.scores

    def offline_events(self, pixel_id: str, *, token: str) -> OfflineEvents | None:
        assert token
        self.asked_offline.append(pixel_id)
        return self.offline

    def probe(self, probe: ConnectionTest, *, pixel_id: str, token: str) -> ConnectionTestAnswer:
        self.asked.append((f"probe of {pixel_id}", token))
        self.probes.append((probe, pixel_id))
        self.meanwhile()
        return self.answer


LISTED_AT_ONCE = 2


def _is_before(fact: Fact, since: datetime) -> bool:
    return fact.updated_at is not None and fact.updated_at < since


def _page(found: Sequence[T], place: str) -> ShopPage[T]:
    number = int(place or 1)
    begin, end = (number - 1) * LISTED_AT_ONCE, number * LISTED_AT_ONCE
    following = str(number + 1) if len(found) > end else ""
    return ShopPage(items=found[begin:end], following=following, total=len(found))


@dataclass
class MemoryShops:
    """A platform with a test's objects. It can refuse, and calls `meanwhile` in each look-up."""

    orders: dict[str, Order] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    customers: dict[str, Registration] = field(default_factory=dict)
    books: dict[str, dict[str, Address]] = field(default_factory=dict)
    failed: list[tuple[datetime, Signal[Fact]]] = field(default_factory=list)
    facts: Shop | None = None
    staff: dict[tuple[str, str], StaffMember] = field(default_factory=dict)
    refusals: dict[str, ShopError] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    waited_for: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def in_background(self) -> "MemoryShops":
        return self

    def order(self, tenant_id: str, order_id: str) -> Order:
        return self._get("order", tenant_id, self.orders.get(order_id))

    def membership(self, tenant_id: str, membership_id: str) -> Membership:
        return self._get("membership", tenant_id, self.memberships.get(membership_id))

    def reservation(self, tenant_id: str, reservation_id: str) -> Reservation:
        return self._get("reservation", tenant_id, self.reservations.get(reservation_id))

    def customer(self, tenant_id: str, customer_id: str) -> Registration:
        return self._get("customer", tenant_id, self.customers.get(customer_id))

    def addresses(self, tenant_id: str, customer_id: str) -> dict[str, Address]:
        return self._get("addresses", tenant_id, self.books.get(customer_id))

    def changed(
        self,
        tenant_id: str,
        kind: ObjectKind,
        *,
        since: datetime,
        place: str,
        is_thorough: bool = False,
    ) -> ShopPage[Fact]:
        self._ask_list(f"changed {kind}", tenant_id, place, is_thorough=is_thorough)
        every: dict[ObjectKind, Mapping[str, Fact]] = {
            ObjectKind.ORDER: self.orders,
            ObjectKind.MEMBERSHIP: self.memberships,
            ObjectKind.RESERVATION: self.reservations,
            ObjectKind.CUSTOMER: self.customers,
        }
        return _page([each for each in every[kind].values() if not _is_before(each, since)], place)

    def failed_webhooks(
        self, tenant_id: str, *, since: datetime, place: str, is_thorough: bool = False
    ) -> ShopPage[Signal[Fact]]:
        self._ask_list("failed webhooks", tenant_id, place, is_thorough=is_thorough)
        return _page([signal for at, signal in self.failed if at >= since], place)

    def _ask_list(self, what: str, tenant_id: str, place: str, *, is_thorough: bool) -> None:
        way = " thoroughly" if is_thorough else ""
        self.asked.append((f"{what} {place or 1}{way}", tenant_id))
        error = self.refusals.get(what) or self.refusals.get("changed")
        if error:
            raise error

    def orders_numbered(self, tenant_id: str, number: str) -> list[Order]:
        found = [each for each in self.orders.values() if each.number == number]
        return self._get("orders", tenant_id, found)

    def shop(self, tenant_id: str) -> Shop:
        return self._get("shop", tenant_id, self.facts)

    def check_access(self, tenant_id: str, *, is_waited_for: bool = False) -> None:
        self._get("check_access", tenant_id, found=True)
        self.waited_for.extend([tenant_id] * is_waited_for)

    def staff_member(self, tenant_id: str, account_token: str) -> StaffMember:
        staff = self.staff.get((tenant_id, account_token))
        if staff is None and "staff" not in self.refusals:
            raise ShopError(Refusal.NOT_ALLOWED)
        return self._get("staff", tenant_id, staff)

    def _get(self, what: str, tenant_id: str, found: T | None) -> T:
        self.asked.append((what, tenant_id))
        self.meanwhile()
        if what in self.refusals:
            raise self.refusals[what]
        if found is None:
            raise ShopError(Refusal.NOT_FOUND)
        return found


@dataclass
class ListMailer:
    """A mailer that keeps each mail's recipient, subject and text, and fails on unplain words.

    It can be made unavailable.
    """

    mails: list[tuple[str, str, str]] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    tries: int = 0
    is_shut: bool = False
    meanwhile: Callable[[], None] = lambda: None

    def send(self, *, to: str, mail: Mail) -> None:
        self.tries += 1
        self.meanwhile()
        if self.is_shut:
            raise MailError("ConnectionRefusedError")
        assert unplain(f"{mail.subject}\n{mail.text}") == ()
        self.mails.append((to, mail.subject, mail.text))
        self.htmls.append(mail.html)


class OneCaller:
    """Accepts one token, and knows one of an account that may not call."""

    token = "the-queue"
    others_token = "somebody-else"

    def verify(self, token: str) -> None:
        if token == self.others_token:
            raise NotAllowedCallerError("this account may not call the task handlers")
        if token != self.token:
            raise NotOurQueueError("the caller's token does not hold")

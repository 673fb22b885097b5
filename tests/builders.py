"""Builders of valid objects; a test names only the parts that matter. All people are invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery
from service.domain.delivery.schedule import RetryPolicy
from service.domain.delivery.steps import queued
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import (
    ActionSource,
    CustomData,
    Event,
    EventName,
    Identity,
)
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.identity import hashed
from service.domain.mapping.outcome import Outcome, Times
from service.domain.mapping.table import outcomes_of
from service.domain.records.record import EventRecord, Status
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.order import Channel, Handover, Line, Order, OrderKind, Payment
from service.domain.shop.person import Address, ClientInfo, Customer, Person
from service.domain.shop.public_settings import Shop
from service.domain.shop.registration import Registration
from service.domain.shop.reservation import BookingStatus, Reservation
from service.domain.shop.signal import Action, Actor, Fact, ObjectKind, Signal
from service.domain.shop.staff import StaffMember
from service.domain.tenants.tenant import Pixel, Pixels, Role, Tenant, TenantSettings

TENANT = "fictional-ridge-winery"
PIXEL = "1234567890123456"
SECOND_PIXEL = "6543210987654321"
TOKEN = "EAAinventedtoken"
NOW = datetime(2026, 8, 5, tzinfo=UTC)
POLICY = RetryPolicy(timedelta(seconds=30))

ACCEPTED = Verdict(answer=Answer.ACCEPTED, trace_id="trace-1")
DOWN = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE)
LOST = Verdict(answer=Answer.TRANSIENT, answered=False, reason=Reason.META_TIMED_OUT)
BAD_TOKEN = Verdict(answer=Answer.TOKEN, reason=Reason.TOKEN_REFUSED)
SLOW_DOWN = Verdict(answer=Answer.THROTTLED, reason=Reason.META_SLOWS_US_DOWN)
REFUSED = Verdict(answer=Answer.PERMANENT, reason=Reason.EVENT_REFUSED, code=100)

CASEY = Address(
    first_name="Casey",
    last_name="Sample",
    phone="+17079631234",
    city="Exampleville",
    state="OH",
    postcode="44101",
    country="US",
)


OLIVE = StaffMember(id="user-1", name="Olive Owner", role="Admin Owner")


@dataclass
class Clock:
    """A clock that a test sets by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Ids:
    """Consecutive ids, so that a run can be repeated."""

    made: list[str] = field(default_factory=list)

    def __call__(self) -> str:
        self.made.append(f"id-{len(self.made) + 1}")
        return self.made[-1]


CUSTOMER_ID = "F0440DF6-E5B7"


def a_person(**changes: Any) -> Person:
    """Return Casey, as the shop and the browser know them."""
    person = Person(
        customer=Customer(id=CUSTOMER_ID, emails=("casey@example.com",), phones=(), address=CASEY),
        bill_to=CASEY,
        elsewhere=(CASEY,),
        connection=ClientInfo(ip="::ffff:8.8.4.25", user_agent="Mozilla/5.0 (invented)"),
    )
    return replace(person, **changes)


def an_order(**changes: Any) -> Order:
    """Return a paid web order of 115.84 by Casey, made an hour before NOW.

    Changes of `customer`, `bill_to` and so on apply to the order's person.
    """
    parts = {"customer", "bill_to", "elsewhere", "connection"} & set(changes)
    person = a_person(**{part: changes.pop(part) for part in parts})
    order = Order(
        id="f96898a9-e8aa-5196-9c25-4ee72397ae1e",
        number="2101",
        kind=OrderKind.SALE,
        channel=Channel.WEB,
        payment=Payment.PAID,
        paid_at=NOW - timedelta(hours=1),
        submitted_at=NOW - timedelta(hours=2),
        total=11584,
        subtotal=9800,
        handover=Handover.SHIPPED,
        is_fraudulent=False,
        is_imported=False,
        lines=(a_line(),),
        person=person,
    )
    return replace(order, **changes)


def a_stranger() -> Person:
    """Return Casey as other objects name them: an id and a name, without contact data."""
    nameplate = Address(first_name="Casey", last_name="Sample", state="OH", country="US")
    return Person(customer=Customer(id=CUSTOMER_ID, address=nameplate))


def a_membership(**changes: Any) -> Membership:
    """Return Casey's membership, joined an hour before NOW."""
    membership = Membership(
        id="f0dce6db-4502",
        status=MembershipStatus.ACTIVE,
        joined_at=NOW - timedelta(hours=1),
        cancelled_at=None,
        bill_to_id="address-1",
        person=a_stranger(),
    )
    return replace(membership, **changes)


def a_reservation(**changes: Any) -> Reservation:
    """Return Casey's visit, booked and paid on the web an hour before NOW."""
    reservation = Reservation(
        id="e79e66c0-870d",
        number="3040",
        channel="Web",
        is_online=True,
        is_imported=False,
        status=BookingStatus.BOOKED,
        booked_at=NOW - timedelta(hours=1),
        person=a_person(bill_to=Address(), elsewhere=()),
    )
    return replace(reservation, **changes)


def a_registration(**changes: Any) -> Registration:
    """Return Casey's record, made an hour before NOW."""
    customer = Customer(id=CUSTOMER_ID, emails=("casey@example.com",), address=CASEY)
    registration = Registration(
        id=CUSTOMER_ID,
        created_at=NOW - timedelta(hours=1),
        has_account=True,
        person=Person(customer=customer),
    )
    return replace(registration, **changes)


_KINDS: Mapping[type, ObjectKind] = {
    Order: ObjectKind.ORDER,
    Membership: ObjectKind.MEMBERSHIP,
    Reservation: ObjectKind.RESERVATION,
    Registration: ObjectKind.CUSTOMER,
}


def a_signal(fact: Fact, action: Action = Action.CREATE, **changes: Any) -> Signal[Fact]:
    """Return the signal of this object."""
    if changes.pop("is_by_staff", False):
        changes["actor"] = Actor.STAFF
    return replace(Signal(kind=_KINDS[type(fact)], action=action, fact=fact), **changes)


def a_tenant(settings: TenantSettings | None = None, **changes: Any) -> Tenant:
    """Return a tenant with these settings; its shop was looked up already."""
    tenant = Tenant(id=TENANT, choices=settings or some_settings(), shop=Shop(), shop_due_at=NOW)
    return replace(tenant, **changes)


def a_line(**changes: Any) -> Line:
    """Return two bottles at 49.00."""
    line = Line(
        sku="EX-CAB-22", product_id="product-1", variant_id="variant-1", quantity=2, unit_price=4900
    )
    return replace(line, **changes)


def some_settings(**changes: Any) -> TenantSettings:
    """Return a tenant with a primary pixel, US dollars and a shop."""
    settings = TenantSettings(
        currency="USD",
        pixels=Pixels(primary=Pixel(id=PIXEL)),
        shop_domains=("shop.example.com",),
    )
    return replace(settings, **changes)


def two_pixels() -> Pixels:
    """Return both roles in use."""
    return Pixels(primary=Pixel(id=PIXEL), secondary=Pixel(id=SECOND_PIXEL))


def one_pixel_twice() -> Pixels:
    """Return one pixel in both roles, as older releases allowed."""
    return Pixels(primary=Pixel(id=PIXEL), secondary=Pixel(id=PIXEL))


def an_event(**changes: Any) -> Event:
    """Return a valid Purchase."""
    event = Event(
        name=EventName.PURCHASE,
        event_id="c7-order-1",
        occurred_at=NOW - timedelta(hours=1),
        action_source=ActionSource.PHYSICAL_STORE,
        identity=Identity(hashed_emails=(hashed("casey@example.com"),)),
        custom=CustomData(value=Money(minor=11584, currency="USD"), order_id="2101"),
    )
    return replace(event, **changes)


def a_record(**changes: Any) -> EventRecord:
    """Return the record of a Purchase with one queued delivery and no payload."""
    record = EventRecord(
        tenant_id=TENANT,
        key="0" * 64,
        name=EventName.PURCHASE,
        event_id="c7-order-1",
        object_kind="order",
        object_id="1",
        object_number="2101",
        channel=Channel.WEB,
        received_at=NOW,
        updated_at=NOW,
        occurred_at=NOW - timedelta(hours=1),
        deliveries={Role.PRIMARY: a_delivery()},
    )
    return replace(record, **changes)


def a_waiting_record(**changes: Any) -> EventRecord:
    """Return the record of an order that is not paid yet."""
    bare: Mapping[str, Any] = {
        "deliveries": {},
        "state": Status.WAITING,
        "reason": Reason.NOT_PAID_YET,
    }
    return a_record(**{**bare, **changes})


def a_delivery(**changes: Any) -> Delivery:
    """Return a delivery queued just now."""
    return replace(queued(now=NOW, policy=POLICY), **changes)


def outcome_of(
    fact: Fact,
    settings: TenantSettings | None = None,
    *,
    action: Action = Action.CREATE,
    **changes: Any,
) -> Outcome | None:
    """Return the outcome of this object's signal for the winery."""
    signal = a_signal(fact, action, **changes)
    return decided(signal, a_tenant(settings))


def decided(signal: Signal[Fact], tenant: Tenant) -> Outcome | None:
    """Return the outcome of the signal by the first rule that has one."""
    times = Times(now=NOW, received_at=NOW)
    found = outcomes_of(signal, tenant=tenant, times=times)
    return found[0].outcome if found else None


def reason_only(outcome: Outcome | None) -> Outcome | None:
    """Return the outcome, of what is no event without its details and times."""
    return (
        outcome if outcome is None or isinstance(outcome, Event) else type(outcome)(outcome.reason)
    )

"""Webhooks about one object come late, twice and in any order, and make the same one event."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Payment
from service.domain.shop.person import Customer
from service.domain.shop.reservation import BookingStatus
from service.domain.shop.signal import Action, Fact, Signal
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    a_stranger,
    an_order,
)
from tests.conftest import World, a_world

pytestmark = pytest.mark.thorough

CREATE, UPDATE, DELETE = Action.CREATE, Action.UPDATE, Action.DELETE
ORDER_ID = an_order().id
ORDER = [
    a_signal(an_order(payment=Payment.OPEN, paid_at=None), CREATE),
    a_signal(an_order(person=a_stranger()), UPDATE),
    a_signal(an_order(), UPDATE),
    a_signal(an_order(customer=Customer(), bill_to=a_stranger().bill_to), UPDATE),
    a_signal(an_order(payment=Payment.CANCELLED), UPDATE),
    a_signal(an_order(is_fraudulent=True), UPDATE),
]
MEMBERSHIP = [
    a_signal(a_membership(), CREATE),
    a_signal(a_membership(status=MembershipStatus.ON_HOLD), UPDATE),
    a_signal(a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW), UPDATE),
    a_signal(a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW), DELETE),
]
RESERVATION = [
    a_signal(a_reservation(status=BookingStatus.PENDING), CREATE),
    a_signal(a_reservation(), UPDATE),
    a_signal(a_reservation(person=a_stranger()), UPDATE),
    a_signal(a_reservation(status=BookingStatus.CANCELLED), UPDATE),
]
REGISTRATION = [a_signal(a_registration(), CREATE), a_signal(a_registration(), UPDATE)]

SENT = {
    "order": {(EventName.PURCHASE, f"c7-order-{ORDER_ID}")},
    "membership": {
        (EventName.SUBSCRIBE, f"c7-membership-{a_membership().id}"),
        (EventName.CANCEL_MEMBERSHIP, f"c7-cancel-{a_membership().id}"),
    },
    "reservation": {(EventName.LEAD, f"c7-reservation-{a_reservation().id}")},
    "registration": {(EventName.COMPLETE_REGISTRATION, f"c7-customer-{CUSTOMER_ID}")},
}
SIGNALS: dict[str, list[Signal[Fact]]] = {
    "order": ORDER,
    "membership": MEMBERSHIP,
    "reservation": RESERVATION,
    "registration": REGISTRATION,
}


@contextmanager
def a_winery() -> Iterator[World]:
    with a_world() as world:
        world.install()
        world.shops.customers[CUSTOMER_ID] = a_registration()
        yield world


def run_tasks(world: World) -> None:
    """Run every task, in the order in which they were enqueued."""
    done = 0
    while done < len(world.queue.tasks):
        task = world.queue.tasks[done]
        done += 1
        world.run_task(task)
    world.queue.tasks.clear()


def events_after(signals: Sequence[Signal[Fact]], hurried: Sequence[bool]) -> list[tuple[str, str]]:
    """Return what Meta gets of these signals; tasks run after each, or only at the end."""
    with a_winery() as world:
        for signal, waits in zip(signals, hurried, strict=True):
            world.receive(signal)
            if not waits:
                run_tasks(world)
            world.clock.advance(timedelta(minutes=5))
        run_tasks(world)
        return [(event.name, event.event_id) for event, _, _ in world.meta.sent]


@pytest.mark.parametrize("kind", SIGNALS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_order_and_repetition_makes_each_event_once(kind: str, data: st.DataObject) -> None:
    signals = SIGNALS[kind]
    repeated = data.draw(st.lists(st.sampled_from(signals), max_size=4))
    order = data.draw(st.permutations([*signals, *repeated]))
    hurried = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))

    sent = events_after(order, hurried)
    assert sorted(sent) == sorted(SENT[kind])


@settings(max_examples=30)
@given(data=st.data())
def test_unproven_and_proven_webhooks_make_one_event(data: st.DataObject) -> None:
    """Unproven webhooks about a real order, mixed with the shop's own."""
    truth = an_order()
    signals = [a_signal(truth, UPDATE), a_signal(replace(truth, total=1), UPDATE)]
    order = data.draw(
        st.permutations([(signals[0], True), (signals[1], False), (signals[0], False)])
    )
    with a_winery() as world:
        world.shops.orders[truth.id] = truth
        for signal, is_trusted in order:
            world.receive(signal, is_trusted=is_trusted)
            if data.draw(st.booleans()):
                run_tasks(world)
        run_tasks(world)
        values = [event.custom.value for event, _, _ in world.meta.sent]
    assert [value.minor for value in values if value] == [11584]


def test_joining_again_is_another_membership() -> None:
    first, second = a_membership(), a_membership(id="another")
    left = replace(first, status=MembershipStatus.CANCELLED, cancelled_at=NOW)
    signals = [a_signal(first), a_signal(left, UPDATE), a_signal(second)]

    names = [name for name, _ in events_after(signals, [False] * 3)]
    assert names == [EventName.SUBSCRIBE, EventName.CANCEL_MEMBERSHIP, EventName.SUBSCRIBE]


def test_a_webhook_redelivered_days_later_is_no_second_event() -> None:
    with a_winery() as world:
        for _ in range(2):
            world.receive(a_signal(an_order()))
            run_tasks(world)
            world.clock.advance(timedelta(days=2))
        assert len(world.meta.sent) == 1

"""Objects that become events later: by a follow-up signal, or because the shop is asked."""

from datetime import datetime, timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import Status
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Payment
from service.domain.shop.person import ClubMembership, Customer, Person
from service.domain.shop.reservation import BookingStatus
from service.domain.shop.signal import Action, Fact
from service.usecases.eventlog.retention import apply_retention
from service.usecases.intake.receive_signal import Receipt, receive_signal
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.unit.usecases.interruptions import preceded

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KNOWN = Person(customer=Customer(id=CUSTOMER_ID, emails=("casey@example.com",)))
HOLD, ACTIVE = MembershipStatus.ON_HOLD, MembershipStatus.ACTIVE


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


def tell(world: World, fact: Fact, action: Action = Action.UPDATE) -> Receipt:
    receipt = world.receive(a_signal(fact, action)).receipt
    world.run_tasks()
    return receipt


def pass_time(world: World, by: timedelta) -> None:
    world.clock.advance(by)
    world.sweep()
    world.run_tasks()


def sent(world: World) -> list[tuple[EventName, datetime]]:
    return [(event.name, event.occurred_at) for event, _, _ in world.meta.sent]


def reason(world: World) -> tuple[Status, str]:
    return world.row().status, str(world.row().reason)


class TestAMembershipThatBecomesActive:
    def test_is_dated_by_the_change_if_it_was_seen_waiting(self, world: World) -> None:
        member = a_membership(person=KNOWN, status=HOLD)
        tell(world, member, Action.CREATE)
        assert reason(world) == (Status.WAITING, "membership on hold")
        pass_time(world, 30 * DAY)
        at = world.clock() - HOUR
        tell(world, replace(member, status=ACTIVE, updated_at=at))
        assert sent(world) == [(EventName.SUBSCRIBE, at)]

    def test_is_dated_by_an_old_sign_up_otherwise(self, world: World) -> None:
        member = a_membership(person=KNOWN, status=HOLD, joined_at=NOW - 20 * DAY)
        tell(world, member, Action.CREATE)
        tell(world, replace(member, status=ACTIVE, updated_at=NOW))
        assert sent(world) == []
        assert reason(world) == (Status.SKIPPED, "older than 7 days")

    def test_at_a_date_ahead_is_asked_about_on_that_day(self, world: World) -> None:
        starts_at = NOW + 40 * DAY
        member = a_membership(person=KNOWN, joined_at=starts_at)
        world.shops.memberships[member.id] = member
        tell(world, member, Action.CREATE)
        assert (sent(world), world.shops.asked) == ([], [])
        pass_time(world, 40 * DAY + MINUTE)
        assert sent(world) == [(EventName.SUBSCRIBE, starts_at)]

    def test_is_no_event_unless_it_was_recorded(self, world: World) -> None:
        assert tell(world, a_membership(person=KNOWN)) is Receipt.IGNORED

    def test_is_no_second_event(self, world: World) -> None:
        member = a_membership(person=KNOWN)
        tell(world, member, Action.CREATE)
        assert tell(world, member) is Receipt.IGNORED
        assert len(sent(world)) == 1

    def test_is_a_switch_if_only_the_shop_knows_of_the_other_club(self, world: World) -> None:
        member = a_membership()
        other = ClubMembership(id="other", cancelled_at=NOW - 2 * HOUR)
        customer = replace(KNOWN.customer, memberships=(other,))
        world.shops.customers[CUSTOMER_ID] = a_registration(person=Person(customer=customer))
        world.shops.memberships[member.id] = member
        tell(world, member, Action.CREATE)
        assert (sent(world), reason(world)) == ([], (Status.SKIPPED, "switched clubs"))


class TestACancellationAhead:
    ENDS_AT = NOW + 100 * DAY

    def announce(self, world: World) -> None:
        world.install(some_settings(retention_days=7))
        member = a_membership(person=KNOWN, cancelled_at=self.ENDS_AT)
        world.shops.memberships[member.id] = member
        tell(world, member)
        assert reason(world) == (Status.WAITING, "the membership ends later")

    def test_outlives_the_retention_and_is_sent_on_its_day(self, world: World) -> None:
        self.announce(world)
        member = world.shops.memberships["f0dce6db-4502"]
        ended = replace(member, status=MembershipStatus.CANCELLED)
        world.shops.memberships[member.id] = ended
        pass_time(world, 99 * DAY)
        assert apply_retention(TENANT, now=world.clock(), services=world.services) == 0
        assert (sent(world), world.shops.asked) == ([], [])
        pass_time(world, DAY + MINUTE)
        assert sent(world) == [(EventName.CANCEL_MEMBERSHIP, self.ENDS_AT)]

    def test_that_was_taken_back_is_none(self, world: World) -> None:
        self.announce(world)
        world.shops.memberships["f0dce6db-4502"] = a_membership(person=KNOWN)
        pass_time(world, 100 * DAY + MINUTE)
        assert (sent(world), world.row().status) == ([], Status.SKIPPED)

    def test_that_was_put_off_is_asked_about_later(self, world: World) -> None:
        self.announce(world)
        later = a_membership(person=KNOWN, cancelled_at=self.ENDS_AT + DAY)
        world.shops.memberships[later.id] = later
        tell(world, later)
        pass_time(world, 100 * DAY + MINUTE)
        assert world.shops.asked == []
        world.shops.memberships[later.id] = replace(later, status=MembershipStatus.CANCELLED)
        pass_time(world, DAY)
        assert sent(world) == [(EventName.CANCEL_MEMBERSHIP, self.ENDS_AT + DAY)]


class TestACustomerWithoutAnAccount:
    GUEST = a_registration(has_account=False)

    def test_signs_up_by_a_follow_up(self, world: World) -> None:
        tell(world, self.GUEST, Action.CREATE)
        assert reason(world) == (Status.WAITING, "no account yet")
        tell(world, replace(self.GUEST, has_account=None))
        assert sent(world) == []
        tell(world, replace(self.GUEST, has_account=True))
        assert [name for name, _ in sent(world)] == [EventName.COMPLETE_REGISTRATION]

    @pytest.mark.parametrize("pause", [15 * MINUTE, DAY])
    def test_is_found_to_have_signed_up(self, world: World, pause: timedelta) -> None:
        world.shops.customers[CUSTOMER_ID] = self.GUEST
        tell(world, self.GUEST, Action.CREATE)
        pass_time(world, 14 * MINUTE)
        assert world.shops.asked == []
        pass_time(world, pause - 14 * MINUTE - MINUTE)
        world.shops.customers[CUSTOMER_ID] = a_registration()
        pass_time(world, 2 * MINUTE)
        assert [name for name, _ in sent(world)] == [EventName.COMPLETE_REGISTRATION]

    def test_is_none_after_seven_days(self, world: World) -> None:
        world.shops.customers[CUSTOMER_ID] = self.GUEST
        tell(world, self.GUEST, Action.CREATE)
        for _ in range(9):
            pass_time(world, DAY)
        assert (sent(world), reason(world)) == ([], (Status.SKIPPED, "no account"))

    def test_costs_no_read_once_it_is_old(self, world: World) -> None:
        old = a_registration(created_at=NOW - 9 * DAY)
        reads: list[None] = []
        events = preceded(world.services.events, "find", by=lambda: reads.append(None), at=None)
        received = receive_signal(
            a_signal(old, Action.UPDATE),
            tenant_id=TENANT,
            is_trusted=True,
            now=NOW,
            services=replace(world.services, events=events),
        )
        assert (received.receipt, reads) == (Receipt.IGNORED, [])


class TestOlderNews:
    CANCELLED = an_order(payment=Payment.CANCELLED, updated_at=NOW)

    def test_makes_no_purchase_of_a_cancelled_order(self, world: World) -> None:
        tell(world, self.CANCELLED)
        tell(world, an_order(updated_at=NOW - MINUTE), Action.CREATE)
        assert (sent(world), reason(world)) == ([], (Status.SKIPPED, "cancelled"))

    @pytest.mark.parametrize("at", [NOW, NOW + MINUTE, None])
    def test_is_not_what_is_as_new_or_has_no_date(self, world: World, at: datetime | None) -> None:
        tell(world, self.CANCELLED)
        tell(world, an_order(updated_at=at), Action.CREATE)
        assert [name for name, _ in sent(world)] == [EventName.PURCHASE]

    def test_is_older_than_the_newest_that_was_no_news(self, world: World) -> None:
        tell(world, self.CANCELLED)
        tell(world, replace(self.CANCELLED, updated_at=NOW + 2 * MINUTE))
        tell(world, an_order(updated_at=NOW + MINUTE))
        assert sent(world) == []

    def test_makes_no_lead_of_a_cancelled_visit(self, world: World) -> None:
        tell(world, a_reservation(status=BookingStatus.CANCELLED, updated_at=NOW))
        tell(world, a_reservation(updated_at=NOW - MINUTE), Action.CREATE)
        assert (sent(world), reason(world)) == ([], (Status.SKIPPED, "cancelled"))

    def test_does_not_undo_a_subscription(self, world: World) -> None:
        tell(world, a_membership(person=KNOWN, updated_at=NOW - MINUTE), Action.CREATE)
        ended = a_membership(
            person=KNOWN, status=MembershipStatus.CANCELLED, cancelled_at=NOW, updated_at=NOW
        )
        tell(world, ended)
        assert [name for name, _ in sent(world)] == [
            EventName.SUBSCRIBE,
            EventName.CANCEL_MEMBERSHIP,
        ]

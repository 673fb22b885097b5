"""Memberships, reservations and new customers: when each is an event."""

from datetime import timedelta

import pytest

from service.domain.events.event import ActionSource, CustomData, Event, EventName
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Outcome, Skipped, Times, Waiting
from service.domain.mapping.table import RULES, decide, rule_of
from service.domain.shop.membership import MembershipStatus
from service.domain.shop.order import Channel, OrderKind, Payment
from service.domain.shop.person import ClientInfo, Customer, Person
from service.domain.shop.public_settings import Shop
from service.domain.shop.reservation import BookingStatus
from service.domain.shop.signal import Action, Fact
from tests.builders import (
    NOW,
    a_membership,
    a_person,
    a_registration,
    a_reservation,
    a_signal,
    a_tenant,
    an_order,
    decided,
    outcome_of,
    reason_only,
    some_settings,
)

HOUR = timedelta(hours=1)


def event_of(fact: Fact, action: Action = Action.CREATE) -> Event:
    outcome = outcome_of(fact, action=action)
    assert isinstance(outcome, Event)
    return outcome


class TestJoining:
    def test_is_a_subscribe_without_value(self) -> None:
        event = event_of(a_membership())
        assert (event.name, event.occurred_at) == (EventName.SUBSCRIBE, NOW - HOUR)
        assert event.event_id == "c7-membership-f0dce6db-4502"
        assert (event.custom, event.action_source) == (
            CustomData(),
            ActionSource.SYSTEM_GENERATED,
        )

    @pytest.mark.parametrize(
        ("membership", "outcome"),
        [
            (a_membership(status=MembershipStatus.ON_HOLD), Waiting(Reason.MEMBERSHIP_ON_HOLD)),
            (a_membership(status=MembershipStatus.CANCELLED), Skipped(Reason.MEMBERSHIP_CANCELLED)),
            (a_membership(status=MembershipStatus.OTHER), Skipped(Reason.MEMBERSHIP_OTHER)),
            (a_membership(joined_at=None), Waiting(Reason.NO_SIGN_UP_DATE_YET)),
            (a_membership(joined_at=NOW - timedelta(days=8)), Skipped(Reason.TOO_OLD)),
        ],
    )
    def test_is_no_event_otherwise(self, membership: Fact, outcome: Outcome) -> None:
        assert reason_only(outcome_of(membership)) == outcome


class TestLeaving:
    LEFT = a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW - HOUR)

    def test_is_a_cancellation_dated_when_it_was_made(self) -> None:
        event = event_of(self.LEFT, Action.UPDATE)
        assert (event.name, event.occurred_at) == (EventName.CANCEL_MEMBERSHIP, NOW - HOUR)
        assert event.event_id == "c7-cancel-f0dce6db-4502"
        assert event_of(a_membership(), Action.DELETE).occurred_at == NOW

    @pytest.mark.parametrize("status", [MembershipStatus.ACTIVE, MembershipStatus.ON_HOLD])
    def test_is_no_other_change(self, status: MembershipStatus) -> None:
        signal = a_signal(a_membership(status=status), Action.UPDATE)
        leaving = rule_of(EventName.CANCEL_MEMBERSHIP)
        times = Times(now=NOW, received_at=NOW)
        assert decide(leaving, signal, tenant=a_tenant(), times=times) is None

    def test_dated_ahead_happened_now(self) -> None:
        ahead = a_membership(status=MembershipStatus.CANCELLED, cancelled_at=NOW + HOUR)
        assert event_of(ahead, Action.UPDATE).occurred_at == NOW


class TestBooking:
    def test_on_the_web_is_a_lead_without_value(self) -> None:
        event = event_of(a_reservation())
        assert (event.name, event.occurred_at) == (EventName.LEAD, NOW - HOUR)
        assert event.event_id == "c7-reservation-e79e66c0-870d"
        assert (event.custom, event.action_source) == (CustomData(), ActionSource.WEBSITE)
        assert event.identity.ip == "8.8.4.25"
        assert event.source_url == "https://shop.example.com/"

    @pytest.mark.parametrize(
        "reservation",
        [
            a_reservation(is_online=False),
            a_reservation(person=a_person(connection=ClientInfo(ip="8.8.4.25"))),
        ],
    )
    def test_without_a_browser_is_a_phone_call(self, reservation: Fact) -> None:
        event = event_of(reservation)
        assert event.action_source is ActionSource.PHONE_CALL
        assert (event.identity.ip, event.identity.user_agent, event.source_url) == (None,) * 3

    def test_without_a_date_happened_when_it_was_new(self) -> None:
        assert event_of(a_reservation(booked_at=None)).occurred_at == NOW
        changed = outcome_of(a_reservation(booked_at=None), action=Action.UPDATE)
        assert reason_only(changed) == Waiting(Reason.NO_BOOKING_DATE_YET)

    @pytest.mark.parametrize(
        ("reservation", "outcome"),
        [
            (a_reservation(status=BookingStatus.PENDING), Waiting(Reason.NOT_BOOKED_YET)),
            (a_reservation(status=BookingStatus.CANCELLED), Skipped(Reason.CANCELLED)),
            (a_reservation(status=BookingStatus.NO_SHOW), Skipped(Reason.NO_SHOW)),
            (a_reservation(is_imported=True), Skipped(Reason.IMPORT)),
        ],
    )
    def test_is_no_event_otherwise(self, reservation: Fact, outcome: Outcome) -> None:
        assert reason_only(outcome_of(reservation)) == outcome

    def test_ignores_the_channel_switches(self) -> None:
        settings = some_settings(channels=dict.fromkeys(Channel, False))
        assert isinstance(outcome_of(a_reservation(), settings), Event)


class TestSigningUp:
    def test_is_a_registration(self) -> None:
        event = event_of(a_registration())
        assert (event.name, event.occurred_at) == (EventName.COMPLETE_REGISTRATION, NOW - HOUR)
        assert event.event_id == "c7-customer-F0440DF6-E5B7"
        assert event.action_source is ActionSource.SYSTEM_GENERATED

    def test_by_staff_is_no_registration(self) -> None:
        outcome = outcome_of(a_registration(), is_by_staff=True)
        assert reason_only(outcome) == Skipped(Reason.NOT_A_SIGN_UP)

    @pytest.mark.parametrize(
        ("registration", "outcome"),
        [
            (
                a_registration(person=Person(customer=Customer(id="1"))),
                Skipped(Reason.NO_EMAIL),
            ),
            (a_registration(created_at=None), Waiting(Reason.NO_SIGN_UP_DATE_YET)),
            (a_registration(created_at=NOW - timedelta(days=8)), Skipped(Reason.TOO_OLD)),
        ],
    )
    def test_has_an_address_and_a_date(self, registration: Fact, outcome: Outcome) -> None:
        assert reason_only(outcome_of(registration)) == outcome


class TestThePage:
    SHOP = Shop(domain="shop.example.com", routes={"checkout": "kasse", "reservation": "visit/us"})

    def page(self, fact: Fact, shop: Shop = SHOP) -> str | None:
        tenant = a_tenant(some_settings(shop_domains=()), shop=shop)
        signal = a_signal(fact)
        event = decided(signal, tenant)
        assert isinstance(event, Event)
        return event.source_url

    def test_has_the_path_that_the_winery_chose(self) -> None:
        assert self.page(an_order()) == "https://shop.example.com/kasse"
        assert self.page(a_reservation()) == "https://shop.example.com/visit/us"

    def test_is_none_off_the_web(self) -> None:
        assert self.page(an_order(channel=Channel.POS)) is None
        assert self.page(an_order(), Shop()) is None


class TestTheTable:
    def test_has_a_stem_of_its_own_for_each_event(self) -> None:
        stems, names = {rule.stem for rule in RULES}, {rule.name for rule in RULES}
        assert len(stems) == len(names) == len(RULES)
        assert {rule_of(rule.name) for rule in RULES} == set(RULES)


@pytest.mark.parametrize(
    ("fact", "may_change"),
    [
        (an_order(payment=Payment.CANCELLED), True),
        (an_order(is_fraudulent=True), True),
        (an_order(total=0), True),
        (an_order(channel=None), True),
        (an_order(paid_at=NOW - timedelta(days=8)), True),
        (an_order(person=Person()), True),
        (an_order(customer=Customer(emails=("pos@shop.example.com",))), True),
        (a_reservation(status=BookingStatus.CANCELLED), True),
        (an_order(kind=OrderKind.REFUND), False),
        (an_order(is_imported=True), False),
    ],
)
def test_only_what_never_changes_is_skipped_for_good(fact: Fact, may_change: bool) -> None:  # noqa: FBT001
    outcome = outcome_of(fact)
    assert isinstance(outcome, Skipped)
    assert outcome.may_change is may_change

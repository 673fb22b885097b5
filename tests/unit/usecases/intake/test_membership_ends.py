"""A membership that ends before its joining was an event."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.events.reason import Details, Reason, Switch
from service.domain.mapping.outcome import Outcome, Skipped
from service.domain.mapping.table import RULES, RuleOutcome, _with_needed_rows
from service.domain.records.record import Status
from service.domain.shop.membership import Membership, MembershipStatus
from service.domain.shop.person import Customer, Person
from service.domain.shop.signal import Action, Fact, ObjectKind
from service.usecases.intake.receive_page import receive_listed
from service.usecases.intake.receive_signal import Receipt
from tests.builders import CUSTOMER_ID, NOW, TENANT, a_membership, a_signal, an_event, some_settings
from tests.conftest import World

DAY = timedelta(days=1)
KNOWN = Person(customer=Customer(id=CUSTOMER_ID, emails=("casey@example.com",)))
HOLD, ACTIVE = MembershipStatus.ON_HOLD, MembershipStatus.ACTIVE
ENDED = a_membership(
    person=KNOWN, status=MembershipStatus.CANCELLED, cancelled_at=NOW, updated_at=NOW
)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.install()


def tell(world: World, fact: Fact, action: Action = Action.UPDATE) -> Receipt:
    receipt = world.receive(a_signal(fact, action)).receipt
    world.run_tasks()
    return receipt


def sent(world: World) -> list[EventName]:
    return [event.name for event, _, _ in world.meta.sent]


class TestAMembershipThatEndsWhileItWaits:
    def rows(self, world: World) -> dict[EventName, tuple[Status, str]]:
        stored = world.services.events.newest(TENANT, limit=10)
        assert len({each.record.name for each in stored}) == len(stored)
        return {
            each.record.name: (each.record.status, str(each.record.reason or "")) for each in stored
        }

    @pytest.mark.parametrize(
        ("waiting", "action", "end"),
        [
            (replace(ENDED, status=HOLD), Action.UPDATE, ENDED),
            (replace(ENDED, status=HOLD), Action.DELETE, replace(ENDED, status=HOLD)),
            (replace(ENDED, status=HOLD), Action.DELETE, replace(ENDED, status=ACTIVE)),
            (replace(ENDED, status=ACTIVE, joined_at=None), Action.UPDATE, ENDED),
            (replace(ENDED, status=ACTIVE, joined_at=NOW + DAY), Action.DELETE, ENDED),
        ],
    )
    def test_waits_no_longer_and_is_cancelled(
        self, world: World, waiting: Membership, action: Action, end: Membership
    ) -> None:
        tell(world, replace(waiting, cancelled_at=None), Action.CREATE)
        assert self.rows(world)[EventName.SUBSCRIBE][0] is Status.WAITING
        for receipt in (Receipt.RECORDED, Receipt.DUPLICATE):
            assert tell(world, end, action) is receipt
            assert self.rows(world) == {
                EventName.SUBSCRIBE: (Status.SKIPPED, "membership cancelled"),
                EventName.CANCEL_MEMBERSHIP: (Status.SENT, ""),
            }
        assert sent(world) == [EventName.CANCEL_MEMBERSHIP]

    def test_waits_no_longer_although_cancellations_are_not_wanted(self, world: World) -> None:
        world.install(some_settings(events={EventName.CANCEL_MEMBERSHIP: False}))
        tell(world, replace(ENDED, status=HOLD), Action.CREATE)
        tell(world, ENDED)
        assert self.rows(world) == {
            EventName.SUBSCRIBE: (Status.SKIPPED, "membership cancelled"),
            EventName.CANCEL_MEMBERSHIP: (Status.SKIPPED, "switched off"),
        }

    def test_is_found_in_the_shops_list(self, world: World) -> None:
        tell(world, replace(ENDED, status=HOLD, cancelled_at=None), Action.CREATE)
        installed = world.services.tenants.find(TENANT)
        assert installed is not None
        receive_listed(
            ObjectKind.MEMBERSHIP,
            [ENDED],
            tenant=installed,
            now=world.clock(),
            services=world.services,
        )
        assert self.rows(world)[EventName.SUBSCRIBE] == (Status.SKIPPED, "membership cancelled")
        assert EventName.CANCEL_MEMBERSHIP in self.rows(world)

    def test_is_looked_up_for_both_after_an_unproven_webhook(self, world: World) -> None:
        tell(world, replace(ENDED, status=HOLD, cancelled_at=None), Action.CREATE)
        world.shops.memberships[ENDED.id] = ENDED
        world.receive(a_signal(ENDED, Action.UPDATE), is_trusted=False)
        world.run_tasks()
        assert self.rows(world) == {
            EventName.SUBSCRIBE: (Status.SKIPPED, "membership cancelled"),
            EventName.CANCEL_MEMBERSHIP: (Status.SENT, ""),
        }

    def test_joins_although_its_end_is_known_ahead(self, world: World) -> None:
        tell(world, replace(ENDED, status=HOLD, cancelled_at=None), Action.CREATE)
        tell(world, replace(ENDED, status=ACTIVE, cancelled_at=NOW + 30 * DAY))
        assert sent(world) == [EventName.SUBSCRIBE]
        assert self.rows(world)[EventName.CANCEL_MEMBERSHIP][0] is Status.WAITING


OFF = Skipped(Reason.SWITCHED_OFF, details=Details(switch=Switch.EVENT))
OFF_FOR_ALL = Skipped(Reason.SWITCHED_OFF, details=Details(switch=Switch.EVERYTHING))
REFUND = Skipped(Reason.REFUND)


class TestSeveralEventsOfASignal:
    @pytest.mark.parametrize(
        ("outcomes", "with_rows"),
        [
            ([an_event(), OFF], [True, False]),
            ([OFF, an_event()], [False, True]),
            ([OFF, REFUND], [False, True]),
            ([OFF, OFF], [True, False]),
            ([OFF], [True]),
            ([OFF_FOR_ALL, an_event()], [True, True]),
            ([an_event(), REFUND], [True, True]),
        ],
    )
    def test_have_no_row_of_one_that_is_off_beside_another(
        self, outcomes: list[Outcome], with_rows: list[bool]
    ) -> None:
        found = [
            RuleOutcome(rule=rule, outcome=outcome, is_follow_up=False)
            for rule, outcome in zip(RULES, outcomes, strict=False)
        ]
        assert [not each.is_follow_up for each in _with_needed_rows(found)] == with_rows

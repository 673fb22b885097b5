"""The planned day and its rows: what counts as lost, who is slowest, and what came first."""

from collections import Counter
from dataclasses import replace

import pytest

from service.domain.records.record import Status
from tests.bench.cloud_tasks import Seen
from tests.bench.day import CLUB_CHARGES, LOST, SHOP_ORDERS, TROUBLES, Run, results, webhooks_of
from tests.bench.day_plan import Day, PlannedOrder, a_day
from tests.bench.measure import Result
from tests.bench.pace import Answered
from tests.bench.troubles import Trouble
from tests.sandbox.orders import OrderKind


def an_order(
    tenant_id: str, order_id: str, kind: OrderKind = OrderKind.WEB, made_at: float = 1.0
) -> PlannedOrder:
    return PlannedOrder(tenant_id, order_id, kind, made_at=made_at, packed_at=made_at + 1)


DAY = Day(
    wineries=("a", "b", "held", "off"),
    expired=frozenset({"held"}),
    paused=frozenset({"off"}),
    orders=(
        an_order("a", "1"),
        an_order("b", "2"),
        an_order("b", "3", OrderKind.CLUB),
        an_order("held", "4"),
        an_order("off", "5"),
    ),
)
RUN = Run(
    day=DAY,
    begun=100.0,
    answered=[Answered(each.event_id, at=110, seconds=0.1, status=200) for each in DAY.orders],
    arrivals=[("c7-order-1", 111.0), ("c7-order-2", 114.0), ("c7-order-3", 119.0)],
    queues={"send": Seen(longest_wait=2, longest_wait_at=112), "bulk": Seen()},
    statuses=Counter({Status.HELD: 1, Status.SKIPPED: 1}),
    troubles=[],
)


def row(run: Run, name: str) -> Result:
    return next(each for each in results(run) if each.name == name)


class TestThePlan:
    def test_is_the_same_for_a_seed(self) -> None:
        assert a_day(1) == a_day(1) != a_day(2)

    def test_parts_the_orders_by_what_becomes_of_them(self) -> None:
        day = a_day(1)

        assert len(day.sent) + len(day.held) + len(day.skipped) == len(day.orders)
        assert day.sent
        assert day.held
        assert day.skipped
        assert any(each.is_club_charge for each in day.held)

    def test_tells_of_each_order_twice_and_in_time(self) -> None:
        webhooks = webhooks_of(DAY)

        assert [each.after for each in webhooks] == sorted(each.after for each in webhooks)
        assert Counter(each.event_id for each in webhooks) == {
            each.event_id: 2 for each in DAY.orders
        }
        assert '"tenantId":"held"' in next(
            each.body for each in webhooks if each.event_id == "c7-order-4"
        )


class TestTheRows:
    def test_lose_nothing_if_each_event_came_once_or_is_kept(self) -> None:
        assert row(RUN, LOST).figures == (0,)

    @pytest.mark.parametrize(
        "run",
        [
            replace(RUN, arrivals=RUN.arrivals[1:]),
            replace(RUN, arrivals=[*RUN.arrivals, RUN.arrivals[0]]),
            replace(RUN, arrivals=[*RUN.arrivals, ("c7-order-4", 112.0)]),
            replace(RUN, statuses=Counter({Status.SKIPPED: 1})),
            replace(RUN, statuses=Counter({Status.HELD: 1})),
        ],
        ids=["missing", "twice", "of a dead token", "not held", "not skipped"],
    )
    def test_count_what_is_missing_doubled_or_not_kept(self, run: Run) -> None:
        assert row(run, LOST).figures == (1,)

    def test_name_the_slowest_winery_of_each_kind(self) -> None:
        shop, club = row(RUN, SHOP_ORDERS), row(RUN, CLUB_CHARGES)

        assert shop.figures == (4,)
        assert shop.note.startswith("b;")
        assert club.figures == (9,)

    def test_wait_from_the_first_acceptance_to_the_first_arrival(self) -> None:
        refused = Answered("c7-order-2", at=105, seconds=0.1, status=503)
        again = Answered("c7-order-2", at=113, seconds=0.1, status=200)
        run = replace(
            RUN,
            answered=[refused, *RUN.answered, again],
            arrivals=[*RUN.arrivals, ("c7-order-2", 150.0)],
        )

        assert row(run, SHOP_ORDERS).figures == (4,)

    def test_say_what_broke_first_and_what_waited(self) -> None:
        troubles = [
            Trouble(9, "a webhook answered 503"),
            Trouble(5, "a task of the queue send answered 424"),
            Trouble(6, "a webhook answered 503"),
        ]

        told = row(replace(RUN, troubles=troubles), TROUBLES)

        assert told.figures == (3,)
        assert told.note.startswith(
            "a task of the queue send answered 424, 1 times, first after 5 s;"
            " a webhook answered 503, 2 times, first after 6 s; the longest wait"
        )
        assert "2.0 s in the queue send, after 12 s" in told.note

"""Events that were missed, or made before the installation, are counted first, then sent."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.job import BY_HAND, REFUSED_LISTS, Job, JobKind
from service.domain.shop.order import Channel, Order
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError
from service.usecases.eventlog.start_job import start_backfill, start_count
from service.usecases.eventlog.stop_job import stop_job
from service.usecases.eventlog.work_on_job import work_on_job
from tests.builders import (
    NOW,
    OLIVE,
    TENANT,
    a_membership,
    a_reservation,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.fakes import LISTED_AT_ONCE
from tests.listings import names
from tests.unit.usecases.interruptions import preceded

DAY = timedelta(days=1)
ORDERS = 3 * LISTED_AT_ONCE


@pytest.fixture(autouse=True)
def _shop(world: World) -> None:
    """Install the app in a shop that has sold, of which the first order was told by a webhook."""
    world.install()
    for number in range(ORDERS):
        sell(world, number)
    world.receive(a_signal(world.shops.orders["order-0"]))
    world.shops.reservations["r"] = replace(a_reservation(), updated_at=NOW - DAY)
    world.run_tasks()


def sell(world: World, number: int, *, days: int = 1, **changes: Any) -> Order:
    at = NOW - days * DAY
    order = an_order(id=f"order-{number}", updated_at=at, paid_at=at, submitted_at=at, **changes)
    world.shops.orders[order.id] = order
    return order


def the_tenant(world: World) -> Tenant:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant


def finish(world: World, kind: JobKind, *, services: Services | None = None) -> Job:
    """Work on the job until it has ended, one step at its time after the other."""
    for _ in range(60):
        work_on_job(TENANT, kind, services=services or world.services)
        job = world.services.jobs.find(TENANT, kind)
        assert job is not None
        if not job.is_running:
            return job
        if job.due_at:
            world.clock.now = max(world.clock(), job.due_at)
    raise AssertionError("the job has no end")


def count(world: World) -> Job:
    start_count(the_tenant(world), by=OLIVE, services=world.services)
    return finish(world, JobKind.COUNT)


def begin(world: World) -> Job | None:
    return start_backfill(the_tenant(world), by=OLIVE, services=world.services)


def sent(world: World) -> list[str]:
    return sorted(event.event_id for event, _, _ in world.meta.sent)


EVERYTHING = sorted(
    [*(f"c7-order-order-{number}" for number in range(ORDERS)), "c7-reservation-e79e66c0-870d"]
)


class TestTheCount:
    def test_sends_nothing_and_says_what_was_never_sent(self, world: World) -> None:
        job = count(world)
        assert (job.done, job.never_sent, job.left) == (
            ORDERS + 1,
            ORDERS,
            {"never sent": ORDERS},
        )
        assert names(world) == [EventName.PURCHASE]

    def test_reaches_as_far_back_as_meta_takes_the_events(self, world: World) -> None:
        sell(world, 97, days=8)
        sell(world, 98, days=61, channel=Channel.POS, is_at_till=True)
        sell(world, 99, days=63, channel=Channel.POS, is_at_till=True)
        assert count(world).never_sent == ORDERS + 1
        world.install(replace(some_settings(), channels={Channel.POS: False}))
        assert count(world).never_sent == ORDERS

    def test_leaves_out_a_list_that_commerce7_refuses(self, world: World) -> None:
        world.shops.refusals["changed order"] = ShopError(Refusal.NOT_ALLOWED)
        job = count(world)
        assert (job.never_sent, job.left[REFUSED_LISTS]) == (1, 1)

    def test_waits_where_commerce7_slows_it_down(self, world: World) -> None:
        start_count(the_tenant(world), by=OLIVE, services=world.services)
        slow = ShopError(Refusal.TOO_OFTEN, retry_after=timedelta(seconds=40))
        world.shops.refusals["changed"] = slow
        job = work_on_job(TENANT, JobKind.COUNT, services=world.services)
        assert job is not None
        assert (job.due_at, job.done) == (world.clock() + timedelta(seconds=40), 0)
        del world.shops.refusals["changed"]
        assert finish(world, JobKind.COUNT).never_sent == ORDERS


class TestTheBackfill:
    def test_sends_what_was_counted_behind_all_others(self, world: World) -> None:
        count(world)
        begin(world)
        job = finish(world, JobKind.BACKFILL)
        assert (job.done, job.total) == (ORDERS, ORDERS)
        assert {task.is_bulk for task in world.queue.tasks} == {True}
        world.run_tasks()
        assert sent(world) == EVERYTHING
        assert count(world).never_sent == 0
        assert begin(world) is None

    def test_does_not_begin_before_a_count(self, world: World) -> None:
        assert begin(world) is None

    def test_makes_no_rows_of_what_is_no_event(self, world: World) -> None:
        sell(world, 97, days=8)
        old = replace(a_membership(), joined_at=NOW - 90 * DAY, updated_at=NOW - DAY)
        world.shops.memberships["m"] = old
        count(world)
        begin(world)
        finish(world, JobKind.BACKFILL)
        assert len(names(world)) == ORDERS + 1

    def test_that_is_stopped_goes_on_with_the_rest(self, world: World) -> None:
        count(world)
        job = begin(world)
        assert job is not None
        work_on_job(TENANT, JobKind.BACKFILL, services=world.services)
        services = world.services
        stopped = stop_job(TENANT, JobKind.BACKFILL, job_id=job.id, by=OLIVE, services=services)
        assert stopped is not None
        assert stopped.stopped == BY_HAND
        assert 0 < stopped.done < ORDERS
        assert count(world).never_sent == ORDERS - stopped.done
        begin(world)
        finish(world, JobKind.BACKFILL)
        world.run_tasks()
        assert sent(world) == EVERYTHING

    @pytest.mark.parametrize("at", range(1, 9))
    @pytest.mark.parametrize(
        ("part", "method"), [("events", "find_all"), ("events", "add"), ("jobs", "replace")]
    )
    def test_that_dies_at_any_step_goes_on(
        self, world: World, part: str, method: str, at: int
    ) -> None:
        count(world)
        begin(world)

        def die() -> None:
            raise KeyboardInterrupt

        port = preceded(getattr(world.services, part), method, by=die, at=at)
        dying = replace(world.services, **{part: port})
        try:
            finish(world, JobKind.BACKFILL, services=dying)
        except KeyboardInterrupt:
            world.clock.advance(timedelta(hours=1))
            finish(world, JobKind.BACKFILL)
        world.run_tasks()
        assert sent(world) == EVERYTHING

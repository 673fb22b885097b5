from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.records.record import LOCK_FOR, EventRecord
from service.domain.shop.signal import Action
from service.domain.tenants.tenant import Role
from service.usecases.eventlog.retention import apply_retention
from service.usecases.sweep import sweep_due
from tests.builders import (
    NOW,
    TENANT,
    a_delivery,
    a_record,
    a_reservation,
    a_signal,
    a_waiting_record,
    some_settings,
)
from tests.conftest import World

DONE = {Role.PRIMARY: closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)}
MOMENT = timedelta(microseconds=1)


def forget(world: World) -> int:
    return apply_retention(TENANT, now=world.clock(), services=world.services)


def add(world: World, key: str, *, days: int, **changes: object) -> None:
    """Add a row that was finished so many days ago."""
    at = NOW - timedelta(days=days)
    hour = timedelta(hours=1)
    record = a_record(key=key, deliveries=DONE, received_at=at, occurred_at=at - hour)
    assert world.services.events.add(replace(record, **changes))  # type: ignore[arg-type]


def keys(world: World, tenant_id: str = TENANT) -> set[str]:
    found: list[EventRecord] = [
        stored.record for stored in world.services.events.newest(tenant_id, limit=100)
    ]
    return {record.key for record in found}


class TestOldRows:
    @pytest.mark.parametrize("days", [7, 30, 90])
    def test_go_after_as_many_days_as_the_winery_chose(self, world: World, days: int) -> None:
        world.install(some_settings(retention_days=days))
        add(world, "young", days=days - 1)
        add(world, "exactly", days=days)
        add(world, "older", days=0, received_at=NOW - timedelta(days=days) - MOMENT)
        add(world, "old", days=days + 1)

        assert forget(world) == 2
        assert keys(world) == {"young", "exactly"}
        assert forget(world) == 0

    def test_leave_a_bare_lock_that_goes_with_the_next_sweep(self, world: World) -> None:
        world.install()
        add(world, "old", days=91)
        forget(world)
        assert world.services.events.find(TENANT, "old") is not None
        assert world.services.events.drop_expired(now=NOW + LOCK_FOR, limit=9) == 1

    def test_do_not_let_an_event_without_a_time_of_its_own_be_made_again(
        self, world: World
    ) -> None:
        world.install(some_settings(retention_days=7))
        booked = a_reservation(booked_at=None)
        first = world.receive(a_signal(booked)).record
        assert first is not None
        world.send(first)
        for days in (8, 80, 200):
            world.clock.advance(timedelta(days=days))
            forget(world)
            sweep_due(now=world.clock(), services=world.services)
            world.receive(a_signal(booked, Action.UPDATE))
        assert len(world.meta.sent) == 1
        assert keys(world) == set()

    def test_stay_while_something_is_still_to_be_done(self, world: World) -> None:
        world.install()
        add(world, "queued", days=91, deliveries={Role.PRIMARY: a_delivery()})
        assert forget(world) == 0
        assert keys(world) == {"queued"}

    def test_go_if_they_only_waited_for_a_webhook(self, world: World) -> None:
        world.install()
        waiting = a_waiting_record(received_at=NOW - timedelta(days=91))
        assert world.services.events.add(waiting)
        assert forget(world) == 1

    def test_of_another_winery_stay(self, world: World) -> None:
        world.install(some_settings(retention_days=7))
        world.install(tenant_id="other-winery")
        add(world, "old", days=30, tenant_id="other-winery")
        assert forget(world) == 0
        assert keys(world, "other-winery") == {"old"}

    def test_of_an_unknown_winery_stay(self, world: World) -> None:
        add(world, "old", days=1000)
        assert forget(world) == 0
        assert keys(world) == {"old"}


class TestOneCall:
    @pytest.mark.parametrize(("rows", "forgotten", "tasks"), [(5, 5, 0), (1000, 1000, 1)])
    def test_does_what_it_may_and_leaves_the_rest_to_a_task(
        self, world: World, rows: int, forgotten: int, tasks: int
    ) -> None:
        world.install()
        for number in range(rows):
            add(world, str(number), days=91)
        assert forget(world) == forgotten
        assert len(world.queue.tasks) == tasks
        assert keys(world) == set()

    def test_ends_even_if_another_process_keeps_writing(self, world: World) -> None:
        world.install()
        add(world, "old", days=91)
        assert forget(world) == 1
        assert forget(world) == 0

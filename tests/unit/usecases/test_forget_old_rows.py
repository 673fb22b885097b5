from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from service.domain.delivery import DeliveryStatus, closed
from service.domain.record import EventRecord
from service.domain.tenant import Role
from service.ports import Events
from service.usecases.forget_old_rows import forget_old_rows
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record, some_settings
from tests.conftest import World

DONE = {Role.PRIMARY: closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)}
MOMENT = timedelta(microseconds=1)


@dataclass
class CountingEvents:
    """A store with so many old rows."""

    rows: int
    asked: list[int] = field(default_factory=list)

    def forget(self, tenant_id: str, *, received_before: datetime, limit: int) -> int:
        assert (tenant_id, received_before) == (TENANT, NOW - timedelta(days=90))
        self.asked.append(limit)
        gone = min(limit, self.rows)
        self.rows -= gone
        return gone


def forget(world: World) -> int:
    return forget_old_rows(TENANT, now=world.clock(), services=world.services)


def add(world: World, key: str, *, days: int, **changes: object) -> None:
    """Write down a row that was finished so many days ago."""
    at = NOW - timedelta(days=days)
    record = a_record(key=key, deliveries=DONE, received_at=at)
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

    def test_go_with_their_locks(self, world: World) -> None:
        world.install()
        add(world, "old", days=91)
        forget(world)
        assert world.services.events.find(TENANT, "old") is None

    def test_stay_while_something_is_still_to_be_done(self, world: World) -> None:
        world.install()
        add(world, "queued", days=91, deliveries={Role.PRIMARY: a_delivery()})
        assert forget(world) == 0
        assert keys(world) == {"queued"}

    def test_go_if_they_only_waited_for_news(self, world: World) -> None:
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

    def test_of_nobody_stay(self, world: World) -> None:
        add(world, "old", days=1000)
        assert forget(world) == 0
        assert keys(world) == {"old"}


class TestOneCall:
    @pytest.mark.parametrize(
        ("rows", "forgotten", "batches"),
        [(0, 0, 1), (999, 999, 1), (1000, 1000, 2), (2500, 2500, 3), (50_000, 20_000, 20)],
    )
    def test_does_all_that_it_may_in_batches(
        self, world: World, rows: int, forgotten: int, batches: int
    ) -> None:
        world.install()
        events = CountingEvents(rows)
        services = replace(world.services, events=cast("Events", events))
        assert forget_old_rows(TENANT, now=NOW, services=services) == forgotten
        assert (events.asked, events.rows) == ([1000] * batches, rows - forgotten)

"""Operations on many log rows take few round trips to the store."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.records.log_view import LogView, Show
from service.domain.tenants.tenant import Role
from service.ports import Events, Refusal, ShopError
from service.usecases.eventlog.retention import apply_retention
from service.usecases.eventlog.start_job import start_clear
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.erase_tenant import erase_tenant
from service.usecases.tenants.record_install import record_uninstall
from tests.builders import NOW, OLIVE, TENANT, a_delivery, a_record
from tests.conftest import World
from tests.unit.usecases.failures import tenant_of

ROWS = 90
DONE = {Role.PRIMARY: closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)}
OPEN = {Role.PRIMARY: a_delivery()}


def forget(world: World) -> None:
    apply_retention(TENANT, now=world.clock(), services=world.services)


def clear(world: World) -> None:
    start_clear(tenant_of(world), LogView(show=Show.ALL), by=OLIVE, services=world.services)


def erase(world: World) -> None:
    erase_tenant(TENANT, services=world.services)


def leave(world: World) -> None:
    record_uninstall(TENANT, now=world.clock(), services=world.services)
    world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
    check_installation(TENANT, now=world.clock(), services=world.services)


class Counting:
    """A store of events that counts its calls."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._events, name)


@pytest.mark.parametrize(
    ("work", "is_open"), [(forget, False), (clear, False), (erase, False), (leave, True)]
)
def test_many_rows_are_changed_in_few_round_trips(
    world: World, work: Callable[[World], None], *, is_open: bool
) -> None:
    world.install()
    at = NOW - timedelta(days=91)
    for number in range(ROWS):
        deliveries = OPEN if is_open else DONE
        record = a_record(key=f"{number:064}", received_at=at, deliveries=deliveries)
        assert world.services.events.add(record)
    counting = Counting(world.services.events)
    work(replace(world, services=replace(world.services, events=cast("Events", counting))))
    assert counting.asked["replace"] == 0
    assert 1 <= counting.asked["replace_all"] <= 2
    assert world.services.events.due(now=NOW + timedelta(days=9), limit=9) == []
    assert is_open or world.services.events.newest(TENANT, limit=9) == []

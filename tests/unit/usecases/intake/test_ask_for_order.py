"""An order that staff miss in the log, and what the shop says about it."""

from datetime import timedelta

import pytest

from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.order import OrderKind, Payment
from service.domain.tenants.counting import Counting
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, ShopError
from service.usecases.intake.ask_for_order import FoundOrder, OrderAnswer, ask_for_order
from tests.builders import NOW, TENANT, a_signal, an_order
from tests.conftest import World
from tests.tenants import put

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    world.install()
    put(world.services.tenants, TENANT, counting=Counting(at=NOW + HOUR, since=NOW - 24 * HOUR))


def ask(world: World, number: str = "2101") -> FoundOrder:
    tenant = world.services.tenants.find(TENANT)
    assert isinstance(tenant, Tenant)
    return ask_for_order(tenant, number, services=world.services)


def rows(world: World) -> int:
    return len(world.services.events.newest(TENANT, limit=10))


class TestAnOrder:
    @pytest.mark.parametrize(
        ("changes", "status", "reason"),
        [
            ({}, Status.QUEUED, None),
            ({"payment": Payment.OPEN, "paid_at": None}, Status.WAITING, Reason.NOT_PAID_YET),
            ({"kind": OrderKind.REFUND}, Status.SKIPPED, Reason.REFUND),
        ],
    )
    def test_is_taken_in_as_from_a_webhook(
        self, world: World, changes: dict[str, object], status: Status, reason: Reason | None
    ) -> None:
        order = an_order(**changes)
        world.shops.orders[order.id] = order
        found = ask(world)
        assert found.answer is OrderAnswer.IN_LOG
        assert found.record is not None
        assert (found.record.status, found.record.reason) == (status, reason)
        assert world.shops.asked == [("orders", TENANT)]
        assert world.receive(a_signal(order)).record is not None
        assert rows(world) == 1

    def test_that_the_shop_does_not_have_makes_no_row(self, world: World) -> None:
        world.shops.orders["1"] = an_order(number="21010")
        assert ask(world).answer is OrderAnswer.UNKNOWN
        assert rows(world) == 0

    def test_from_before_the_installation_is_left_alone(self, world: World) -> None:
        order = an_order(paid_at=NOW - 25 * HOUR, submitted_at=NOW - 26 * HOUR)
        world.shops.orders[order.id] = order
        found = ask(world)
        assert (found.answer, found.at) == (OrderAnswer.EARLIER, NOW - 25 * HOUR)
        assert (rows(world), world.queue.tasks) == (0, [])

    def test_that_was_sent_is_not_sent_again_after_its_row_was_cleared(self, world: World) -> None:
        order = an_order()
        world.shops.orders[order.id] = order
        record = ask(world).record
        assert record is not None
        world.run_tasks()
        stored = world.services.events.find(TENANT, record.key)
        assert stored is not None
        bare = stored.record.without_content(now=NOW)
        assert world.services.events.replace(stored, bare)
        assert ask(world).answer is OrderAnswer.CLEARED
        world.run_tasks()
        assert len(world.meta.sent) == 1

    def test_is_not_guessed_at_while_the_shop_is_silent(self, world: World) -> None:
        world.shops.refusals["orders"] = ShopError(Refusal.NO_ANSWER)
        with pytest.raises(ShopError):
            ask(world)
        assert rows(world) == 0

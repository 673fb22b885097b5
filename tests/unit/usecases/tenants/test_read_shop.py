from datetime import timedelta

import pytest

from service.domain.records.record import Status
from service.domain.shop.public_settings import SHOP_FACTS_FOR, SHOP_PROBE_EVERY, Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, ShopError
from service.usecases.sweep import MOST_SHOPS_PER_SWEEP, sweep_due
from service.usecases.tasks import ReadShop, parse_task
from service.usecases.tenants.read_shop import read_shop
from tests.builders import NOW, TENANT, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import save_installation, save_settings, save_shop

FACTS = Shop(name="Ridge", currency="EUR", timezone="Europe/Rome", domain="shop.example.com")


def read(world: World, tenant_id: str = TENANT) -> bool:
    return read_shop(tenant_id, now=world.clock(), services=world.services)


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


class TestAShopThatAnswers:
    def test_is_read_again_after_a_day(self, world: World) -> None:
        world.install()
        world.shops.facts = FACTS

        assert read(world)
        assert (tenant(world).shop, tenant(world).shop_due_at) == (FACTS, NOW + SHOP_FACTS_FOR)

    def test_fills_in_what_the_winery_did_not_choose(self, world: World) -> None:
        world.install(some_settings(currency=None, shop_domains=()))
        world.shops.facts = FACTS
        read(world)
        assert tenant(world).settings.currency == "EUR"
        assert tenant(world).settings.shop_domains == ("shop.example.com",)
        assert tenant(world).settings.timezone == "Europe/Rome"
        assert tenant(world).choices.currency is None

        world.install(some_settings(currency="USD", shop_domains=("own.example.com",)))
        read(world)
        assert tenant(world).settings.currency == "USD"
        assert tenant(world).settings.shop_domains == ("own.example.com",)

    def test_releases_what_waited_for_its_currency(self, world: World) -> None:
        world.install(some_settings(currency=None, pixels=two_pixels()))
        world.receive(a_signal(an_order()))
        assert world.row().status is Status.HELD
        world.shops.facts = FACTS
        read(world)

        world.run_tasks()
        assert world.row().status is Status.SENT
        event, _, _ = world.meta.sent[0]
        assert event.custom.value is not None
        assert event.custom.value.currency == "EUR"

    def test_prices_what_is_received_after(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.shops.facts = FACTS
        read(world)
        world.receive(a_signal(an_order()))
        assert world.row().status is Status.QUEUED


class TestAShopThatDoesNot:
    def test_needs_refetch_soon_and_what_is_known_stays(self, world: World) -> None:
        world.install()
        world.shops.facts = FACTS
        read(world)
        world.shops.refusals["shop"] = ShopError(Refusal.NO_ANSWER)

        assert not read(world)
        assert (tenant(world).shop, tenant(world).shop_due_at) == (FACTS, NOW + SHOP_PROBE_EVERY)

    def test_may_ask_for_more_time(self, world: World) -> None:
        world.install()
        pause = timedelta(hours=1)
        world.shops.refusals["shop"] = ShopError(Refusal.TOO_OFTEN, retry_after=pause)
        read(world)
        assert tenant(world).shop_due_at == NOW + pause

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_of_a_winery_without_us_is_not_asked_and_due_in_a_day(
        self, world: World, state: InstallState
    ) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, Installation(state=state))
        world.shops.facts = FACTS
        assert not read(world)
        assert (world.shops.asked, tenant(world).shop) == ([], Shop())
        assert tenant(world).shop_due_at == NOW + SHOP_FACTS_FOR

    def test_of_an_unknown_winery_is_not_asked(self, world: World) -> None:
        assert not read(world, "nobody")
        assert world.shops.asked == []


class TestTheFirstSignal:
    def test_of_a_tenant_asks_its_shop_once(self, world: World) -> None:
        save_settings(world.services.tenants, TENANT, some_settings())
        for number in range(3):
            world.receive(a_signal(an_order(id=f"order-{number}")))

        asking = [task for task in world.queue.tasks if task.path == "/tasks/resolve"]
        assert [parse_task(task.body) for task in asking] == [ReadShop(tenant_id=TENANT)]

    def test_asks_no_more_once_the_shop_was_read(self, world: World) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        assert [task.path for task in world.queue.tasks] == ["/tasks/send"]


class TestTheSweep:
    def test_asks_shops_that_are_due_and_each_once(self, world: World) -> None:
        save_settings(world.services.tenants, "never-asked", some_settings())
        save_settings(world.services.tenants, "asked", some_settings())
        save_shop(world.services.tenants, "asked", FACTS, due_at=NOW + timedelta(seconds=1))
        for _ in range(2):
            sweep_due(now=world.clock(), services=world.services)
        assert [parse_task(task.body).tenant_id for task in world.queue.tasks] == ["never-asked"]

        world.clock.advance(SHOP_PROBE_EVERY)
        sweep_due(now=world.clock(), services=world.services)
        tenants = [parse_task(task.body).tenant_id for task in world.queue.tasks]
        assert tenants[1:] == ["asked", "never-asked"]

    def test_asks_no_more_than_it_may_at_once(self, world: World) -> None:
        for number in range(MOST_SHOPS_PER_SWEEP + 1):
            save_settings(world.services.tenants, f"winery-{number}", some_settings())
        sweep_due(now=world.clock(), services=world.services)
        assert len(world.queue.tasks) == MOST_SHOPS_PER_SWEEP


class TestAnEventThatWaitsForTheCurrency:
    def test_goes_on_with_one_that_the_merchant_enters(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        world.install(some_settings(currency="USD"))
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_goes_on_with_the_shops_currency(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        world.shops.facts = FACTS
        read_shop(TENANT, now=NOW, services=world.services)
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_goes_on_although_the_queue_was_down(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        world.queue.is_down = True
        world.install(some_settings(currency="USD"))
        world.queue.is_down = False
        world.sweep()
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_stays_when_something_else_changes(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.receive(a_signal(an_order()))
        world.install(some_settings(currency=None, value_rule="subtotal"))
        world.run_tasks()
        assert world.row().status is Status.HELD

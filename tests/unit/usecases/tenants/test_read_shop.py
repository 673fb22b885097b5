from datetime import timedelta

import pytest

from service.domain.records.record import Status
from service.domain.shop.public_settings import LONGEST_SHOP_PAUSE, SHOP_FACTS_FOR, Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, ShopError, Task
from service.usecases.sweep import MOST_SHOPS_PER_SWEEP, sweep_due
from service.usecases.task_bodies import ReadShop, parse_task
from service.usecases.tenants.read_shop import ShopRead, read_shop
from tests.builders import NOW, TENANT, a_signal, an_order, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import save_installation, save_settings, save_shop

MINUTE = timedelta(minutes=1)
HALF_A_MINUTE = MINUTE / 2
FACTS = Shop(name="Ridge", currency="EUR", timezone="Europe/Rome", domain="shop.example.com")


def read(world: World, tenant_id: str = TENANT) -> ShopRead:
    """Read the shop, as if that were due now."""
    save_shop(world.services.tenants, tenant_id, None, due_at=world.clock())
    return read_shop(tenant_id, now=world.clock(), services=world.services)


def run(world: World, task: Task) -> None:
    body = parse_task(task.body)
    assert isinstance(body, ReadShop)
    read_shop(TENANT, now=world.clock(), services=world.services, tries=body.tries)


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


class TestAShopThatAnswers:
    def test_is_read_again_after_a_day(self, world: World) -> None:
        world.install()
        world.shops.facts = FACTS

        assert read(world) is ShopRead.ANSWERED
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
    def test_is_asked_again_within_a_minute_and_what_is_known_stays(self, world: World) -> None:
        world.install()
        world.shops.facts = FACTS
        read(world)
        world.shops.refusals["shop"] = ShopError(Refusal.NO_ANSWER)

        assert read(world) is ShopRead.NO_ANSWER
        assert (tenant(world).shop, tenant(world).shop_due_at) == (FACTS, NOW + HALF_A_MINUTE)
        (task,) = world.queue.tasks
        assert (task.delay, parse_task(task.body)) == (
            HALF_A_MINUTE,
            ReadShop(tenant_id=TENANT, tries=1),
        )

    def test_is_asked_after_growing_pauses(self, world: World) -> None:
        world.install()
        world.shops.refusals["shop"] = ShopError(Refusal.NO_ANSWER)
        read(world)
        pauses: list[float] = []
        while len(pauses) < 7:
            task = world.queue.tasks.pop()
            pauses.append(task.delay / MINUTE)
            world.clock.advance(task.delay)
            run(world, task)
        assert pauses == [0.5, 1, 2, 4, 8, 15, 15]
        again = read_shop(TENANT, now=world.clock(), services=world.services, tries=10**9)
        assert again is ShopRead.NOT_DUE

    @pytest.mark.parametrize(
        ("wish", "pause"),
        [
            (timedelta(seconds=1), HALF_A_MINUTE),
            (5 * MINUTE, 5 * MINUTE),
            (timedelta(days=1), LONGEST_SHOP_PAUSE),
        ],
    )
    def test_may_ask_for_more_time_within_limits(
        self, world: World, wish: timedelta, pause: timedelta
    ) -> None:
        world.install()
        world.shops.refusals["shop"] = ShopError(Refusal.TOO_OFTEN, retry_after=wish)
        read(world)
        assert tenant(world).shop_due_at == NOW + pause

    def test_is_asked_once_however_many_tasks_there_are(self, world: World) -> None:
        world.install()
        world.shops.refusals["shop"] = ShopError(Refusal.NO_ANSWER)
        read(world)
        for _ in range(3):
            again = read_shop(TENANT, now=world.clock(), services=world.services)
            assert again is ShopRead.NOT_DUE
        assert (len(world.shops.asked), len(world.queue.tasks)) == (1, 1)

    def test_is_found_by_the_sweep_if_the_queue_is_down(self, world: World) -> None:
        world.install()
        world.shops.refusals["shop"] = ShopError(Refusal.NO_ANSWER)
        world.queue.is_down = True
        read(world)
        world.queue.is_down = False
        world.clock.advance(HALF_A_MINUTE)
        world.sweep()
        assert [parse_task(task.body) for task in world.queue.tasks] == [ReadShop(tenant_id=TENANT)]

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_of_a_winery_without_us_is_not_asked_and_due_in_a_day(
        self, world: World, state: InstallState
    ) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, Installation(state=state))
        world.shops.facts = FACTS
        assert read(world) is ShopRead.NOT_INSTALLED
        assert (world.shops.asked, tenant(world).shop) == ([], Shop())
        assert tenant(world).shop_due_at == NOW + SHOP_FACTS_FOR

    def test_of_an_unknown_winery_is_not_asked(self, world: World) -> None:
        assert read(world, "nobody") is ShopRead.NOT_INSTALLED
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


def asked(world: World) -> list[str]:
    """Return the wineries whose shops are to be asked, in the order of the tasks."""
    tasks = [parse_task(task.body) for task in world.queue.tasks]
    return [task.tenant_id for task in tasks if isinstance(task, ReadShop)]


class TestTheSweep:
    def test_asks_shops_that_are_due_and_each_once(self, world: World) -> None:
        save_settings(world.services.tenants, "never-asked", some_settings())
        save_settings(world.services.tenants, "asked", some_settings())
        save_shop(world.services.tenants, "asked", FACTS, due_at=NOW + timedelta(seconds=1))
        for _ in range(2):
            sweep_due(now=world.clock(), services=world.services)
        assert asked(world) == ["never-asked"]

        world.clock.advance(MINUTE)
        sweep_due(now=world.clock(), services=world.services)
        tenants = asked(world)
        assert tenants[1:] == ["never-asked", "asked"]

    def test_asks_no_more_than_it_may_at_once(self, world: World) -> None:
        for number in range(MOST_SHOPS_PER_SWEEP + 1):
            save_settings(world.services.tenants, f"winery-{number}", some_settings())
        sweep_due(now=world.clock(), services=world.services)
        assert len(asked(world)) == MOST_SHOPS_PER_SWEEP


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
        read(world)
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

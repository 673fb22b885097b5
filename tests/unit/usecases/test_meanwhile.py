"""Another process changes the data in between: its changes are not undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.verdict import Verdict
from service.domain.records.record import Status
from service.domain.shop.public_settings import Shop
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Role
from service.ports import Refusal, ShopError
from service.usecases.delivery.send_event import Attempted
from service.usecases.eventlog.erase_customer import erase_customer
from service.usecases.eventlog.reseal_tenant import Resealed, reseal_tenant
from service.usecases.sweep import sweep_due
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.configure_tenant import configure_tenant
from service.usecases.tenants.erase_tenant import erase_tenant
from service.usecases.tenants.read_shop import read_shop
from service.usecases.tenants.record_install import record_install, record_uninstall
from tests.builders import ACCEPTED, BAD_TOKEN, TENANT, a_signal, an_order, some_settings
from tests.conftest import World
from tests.tenants import forget, save_shop, save_token
from tests.unit.usecases.interruptions import drop, followed

OTHER = "EAAtokenofanotherday"


def installation(world: World) -> Installation:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.installation


def check(world: World) -> Installation | None:
    return check_installation(TENANT, now=world.clock(), services=world.services)


class TestWhileCommerce7IsAsked:
    def test_a_proven_install_stands_and_keeps_its_tokens(self, world: World) -> None:
        world.install()
        record_uninstall(TENANT, now=world.clock(), services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)

        def come_back() -> None:
            record_install(TENANT, is_proven=True, now=world.clock(), services=world.services)

        world.shops.meanwhile = come_back
        assert check(world) == Installation() == installation(world)
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY)

    def test_an_uninstall_stands(self, world: World) -> None:
        record_install(TENANT, is_proven=False, now=world.clock(), services=world.services)

        def leave() -> None:
            world.shops.meanwhile = lambda: None
            record_install(TENANT, is_proven=True, now=world.clock(), services=world.services)
            record_uninstall(TENANT, now=world.clock(), services=world.services)

        world.shops.meanwhile = leave
        check(world)
        assert installation(world).is_leaving


class TestAHold:
    def test_does_not_keep_data_beyond_metas_window(self, world: World) -> None:
        record = world.record_an_order()
        record_uninstall(TENANT, now=world.clock(), services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
        check(world)
        assert world.send(record).attempted is Attempted.HELD
        world.clock.advance(timedelta(days=8))
        world.send(record)
        assert world.row().payload is None
        assert sweep_due(now=world.clock(), services=world.services).due == 0

    def test_ends_with_a_proven_install(self, world: World) -> None:
        record = world.record_an_order()
        record_uninstall(TENANT, now=world.clock(), services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
        check(world)
        world.send(record)
        assert installation(world).state is InstallState.HELD
        record_install(TENANT, is_proven=True, now=world.clock(), services=world.services)
        world.run_tasks()
        assert world.row().status == "sent"


class TestWhileMetaIsAsked:
    @pytest.mark.parametrize("whom", ["customer", "tenant"])
    def test_an_erasure_stands(self, world: World, whom: str) -> None:
        record = world.record_an_order()

        def erase() -> None:
            if whom == "tenant":
                erase_tenant(TENANT, services=world.services)
                return
            erase_customer(
                TENANT, email="casey@example.com", customer_id=None, services=world.services
            )

        world.meta.meanwhile = erase
        assert world.send(record).attempted is Attempted.NOTHING
        assert world.services.events.newest(TENANT, limit=9) == []

    def test_a_record_that_is_erased_does_not_come_back(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.meanwhile = lambda: drop(world, record.key)
        assert world.send(record).attempted is Attempted.NOTHING
        assert world.services.events.find(TENANT, record.key) is None

    @pytest.mark.parametrize(
        ("verdict", "attempted"), [(ACCEPTED, Attempted.FINISHED), (BAD_TOKEN, Attempted.HELD)]
    )
    def test_a_winery_that_is_erased_stays_so_and_the_answer_is_recorded(
        self, world: World, verdict: Verdict, attempted: Attempted
    ) -> None:
        record = world.record_an_order()
        world.meta.meanwhile = lambda: forget(world.services.tenants, TENANT)
        world.meta.script = [verdict]
        result = world.send(record)
        assert (result.attempted, result.delivery) == (attempted, world.delivery())
        assert world.services.tenants.ids() == []


class TestWhileATokenIsResealed:
    def test_a_token_that_is_entered_is_kept(self, world: World) -> None:
        world.install()
        tenants, vault = world.services.tenants, world.services.vault

        def enter() -> None:
            save_token(tenants, TENANT, Role.PRIMARY, vault.seal(TENANT, OTHER.encode()))

        services = replace(world.services, tenants=followed(tenants, "sealed_token", by=enter))
        assert reseal_tenant(TENANT, services=services) == Resealed(resealed=0, unreadable=0)
        sealed = tenants.sealed_token(TENANT, Role.PRIMARY)
        assert sealed is not None
        assert vault.unseal(TENANT, sealed) == OTHER.encode()


def enter_new_token(world: World) -> None:
    """Enter a new token."""
    tokens = {Role.PRIMARY: OTHER}
    configure_tenant(TENANT, some_settings(), tokens=tokens, by=OPERATOR, services=world.services)


def a_minute_passes(world: World) -> None:
    """Advance the clock by a minute, sweep, and run the tasks."""
    world.clock.advance(timedelta(minutes=1))
    world.sweep()
    world.run_tasks()


class TestWhileAnEventIsParked:
    """What the event waits for comes just before it is parked: it is released a minute later."""

    def after(self, world: World, method: str, come: Callable[[], object]) -> World:
        """Return a world in which `come` is called once, right after this call to the tenants."""

        def come_and_run() -> None:
            come()
            world.run_tasks()

        tenants = followed(world.services.tenants, method, by=come_and_run)
        return replace(world, services=replace(world.services, tenants=tenants))

    def test_its_currency_releases_it(self, world: World) -> None:
        world.install(some_settings(currency=None))
        world.shops.facts = Shop(currency="EUR")
        save_shop(world.services.tenants, TENANT, None, due_at=world.clock())

        def tell() -> None:
            read_shop(TENANT, now=world.clock(), services=world.services)

        self.after(world, "get_cached", tell).receive(a_signal(an_order()))
        a_minute_passes(world)
        assert world.row().status == "sent"

    def test_the_end_of_a_hold_releases_it(self, world: World) -> None:
        record = world.record_an_order()
        record_uninstall(TENANT, now=world.clock(), services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
        check(world)
        world.queue.tasks.clear()

        def come_back() -> None:
            record_install(TENANT, is_proven=True, now=world.clock(), services=world.services)

        result = self.after(world, "get_cached", come_back).send(record)
        assert result.attempted is Attempted.HELD
        a_minute_passes(world)
        assert world.row().status == "sent"

    @pytest.mark.parametrize(
        ("which", "method"), [("the refused one", "update"), ("the next one", "update")]
    )
    def test_a_new_token_releases_it(self, world: World, which: str, method: str) -> None:
        record = world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        if which == "the next one":
            world.send(record)
            record = world.receive(a_signal(an_order(id="o-2"))).record or record
        world.queue.tasks.clear()
        result = self.after(world, method, lambda: enter_new_token(world)).send(record)
        assert result.attempted is Attempted.HELD
        a_minute_passes(world)
        rows = world.services.events.newest(TENANT, limit=9)
        assert {row.record.status for row in rows} == {Status.SENT}

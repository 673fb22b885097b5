"""Whoever brings what events wait for may die at once: they go on all the same, and soon."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from service.domain.shop import Shop
from service.domain.staff import OPERATOR
from service.domain.tenant import Pixels, Role
from service.domain.verdict import Answer, Verdict
from service.ports import Refusal, Services, ShopError, StoreUnavailableError, Tenants
from service.usecases.check_installation import check_installation
from service.usecases.configure_tenant import configure_tenant
from service.usecases.note_install import note_install, note_uninstall
from service.usecases.read_shop import read_shop
from service.usecases.remove_pixel import remove_pixel
from tests.builders import TENANT, a_signal, an_order, some_settings
from tests.conftest import World

SOON = timedelta(minutes=3)


class Dying:
    """A store of tenants that cannot be reached any more once this was written."""

    def __init__(self, tenants: Tenants, last: str) -> None:
        self._tenants, self._last, self._is_dead = tenants, last, False

    def __getattr__(self, name: str) -> object:
        known = getattr(self._tenants, name)

        def call(*args: Any, **kwargs: Any) -> object:
            if self._is_dead:
                raise StoreUnavailableError
            self._is_dead = name == self._last
            return known(*args, **kwargs)

        return call


def dying(world: World, last: str) -> Services:
    tenants = cast("Tenants", Dying(world.services.tenants, last))
    return replace(world.services, tenants=tenants)


def soon(world: World) -> str:
    """Return how the one event stands a while later; nobody does again what had failed."""
    world.queue.tasks.clear()
    world.clock.advance(SOON)
    world.sweep()
    world.run_tasks()
    return str(world.row().status)


def test_a_currency_of_the_shop(world: World) -> None:
    world.install(some_settings(currency=None))
    world.receive(a_signal(an_order()))
    world.shops.facts = Shop(currency="EUR")
    with pytest.raises(StoreUnavailableError):
        read_shop(TENANT, now=world.clock(), services=dying(world, "save_shop"))
    # The queue calls again, and finds the currency known.
    read_shop(TENANT, now=world.clock(), services=world.services)
    assert soon(world) == "sent"


def test_settings(world: World) -> None:
    world.install(some_settings(currency=None))
    world.receive(a_signal(an_order()))

    def save(services: Services) -> None:
        configure_tenant(TENANT, some_settings(), tokens={}, by=OPERATOR, services=services)

    with pytest.raises(StoreUnavailableError):
        save(dying(world, "save_settings"))
    save(world.services)
    assert soon(world) == "sent"


@pytest.mark.parametrize("by", ["an answer", "an install"])
def test_the_end_of_a_hold(world: World, by: str) -> None:
    record = world.record_an_order()
    note_uninstall(TENANT, now=world.clock(), services=world.services)
    world.shops.refusals["admit"] = ShopError(Refusal.NO_ANSWER)
    check_installation(TENANT, now=world.clock(), services=world.services)
    world.send(record)
    assert world.row().status == "held"
    world.shops.refusals.clear()
    world.clock.advance(timedelta(minutes=1))

    def ask(services: Services) -> None:
        check_installation(TENANT, now=world.clock(), services=services)

    def come_back(services: Services) -> None:
        note_install(TENANT, is_proven=True, now=world.clock(), services=services)

    end: Callable[[Services], None] = ask if by == "an answer" else come_back
    with pytest.raises(StoreUnavailableError):
        end(dying(world, "replace_installation"))
    end(world.services)
    assert soon(world) == "sent"


def test_the_removal_of_a_pixel(world: World) -> None:
    record = world.record_an_order()
    world.meta.script = [Verdict(answer=Answer.TOKEN, explanation="the token is dead")]
    world.send(record)
    assert world.row().status == "held"

    def remove(services: Services) -> None:
        remove_pixel(TENANT, Role.PRIMARY, by=OPERATOR, services=services)

    with pytest.raises(StoreUnavailableError):
        remove(dying(world, "remove_token"))
    remove(world.services)
    assert soon(world) == "skipped"
    tenant = world.services.tenants.find(TENANT)
    assert tenant
    assert tenant.settings.pixels == Pixels()

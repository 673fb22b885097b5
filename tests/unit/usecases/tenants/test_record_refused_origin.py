from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.refused_origins import MOST_ORIGINS
from service.usecases.tenants.record_refused_origin import record_refused_origin
from tests.builders import NOW, TENANT
from tests.conftest import World
from tests.tenants import save_installation
from tests.unit.usecases.interruptions import followed


def note(world: World, origin: str, tenant_id: str = TENANT) -> None:
    record_refused_origin(tenant_id, origin, now=world.clock(), services=world.services)


def hosts(world: World, tenant_id: str = TENANT) -> list[str]:
    return [each.host for each in world.services.signals.refused_origins(tenant_id)]


class TestNoteRefusedOrigin:
    def test_keeps_the_host_alone(self, world: World) -> None:
        world.install()
        note(world, "https://WWW.Example.com:8443/wines?x=casey@example.com")
        assert hosts(world) == ["www.example.com"]

    @pytest.mark.parametrize("origin", ["", "null", "https://", "<script>", "a" * 10_000, "\u202e"])
    def test_keeps_nothing_of_what_is_no_host(self, world: World, origin: str) -> None:
        world.install()
        note(world, origin)
        assert hosts(world) == []

    def test_keeps_no_domain_of_the_shops_own(self, world: World) -> None:
        world.install()
        note(world, "https://shop.example.com")
        assert hosts(world) == []

    def test_keeps_nothing_for_whoever_has_not_installed_us(self, world: World) -> None:
        note(world, "https://www.example.com")
        world.install()
        removed = Installation(state=InstallState.REMOVED, purge_at=NOW)
        save_installation(world.services.tenants, TENANT, removed)
        note(world, "https://www.example.com")
        assert hosts(world) == []

    def test_writes_nothing_of_a_host_that_it_has_just_noted(self, world: World) -> None:
        world.install()
        note(world, "https://www.example.com")
        noted = world.services.signals.refused_origins(TENANT)
        writes: list[str] = []
        signals = followed(
            world.services.signals, "save_refused_origins", by=lambda: writes.append("a write")
        )
        again = replace(world, services=replace(world.services, signals=signals))
        world.clock.advance(timedelta(minutes=9))
        note(again, "https://www.example.com/wines")
        assert (world.services.signals.refused_origins(TENANT), writes) == (noted, [])
        world.clock.advance(timedelta(minutes=1))
        note(again, "https://www.example.com/wines")
        assert writes == ["a write"]

    def test_never_keeps_more_than_a_few(self, world: World) -> None:
        world.install()
        for number in range(100):
            note(world, f"https://{number}.example.com")
            world.clock.advance(timedelta(minutes=2))
        assert len(hosts(world)) == MOST_ORIGINS
        assert hosts(world)[0] == "99.example.com"

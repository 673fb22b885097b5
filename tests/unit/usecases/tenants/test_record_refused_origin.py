from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.refused_origins import MOST_ORIGINS
from service.usecases.tenants.record_refused_origin import record_refused_origin
from tests.builders import NOW, TENANT
from tests.conftest import World
from tests.tenants import save_installation
from tests.unit.usecases.interruptions import followed


def record(world: World, origin: str, tenant_id: str = TENANT) -> None:
    record_refused_origin(tenant_id, origin, now=world.clock(), services=world.services)


def hosts(world: World, tenant_id: str = TENANT) -> list[str]:
    return [each.host for each in world.services.browser_signals.refused_origins(tenant_id)]


class TestRecordRefusedOrigin:
    def test_keeps_the_host_alone(self, world: World) -> None:
        world.install()
        record(world, "https://WWW.Example.com:8443/wines?x=casey@example.com")
        assert hosts(world) == ["www.example.com"]

    @pytest.mark.parametrize("origin", ["", "null", "https://", "<script>", "a" * 10_000, "\u202e"])
    def test_ignores_an_origin_without_a_host(self, world: World, origin: str) -> None:
        world.install()
        record(world, origin)
        assert hosts(world) == []

    def test_ignores_the_shops_own_domains(self, world: World) -> None:
        world.install()
        record(world, "https://shop.example.com")
        assert hosts(world) == []

    def test_ignores_a_winery_that_has_not_installed_us(self, world: World) -> None:
        record(world, "https://www.example.com")
        world.install()
        removed = Installation(state=InstallState.REMOVED, purge_at=NOW)
        save_installation(world.services.tenants, TENANT, removed)
        record(world, "https://www.example.com")
        assert hosts(world) == []

    def test_writes_nothing_for_a_host_recorded_just_before(self, world: World) -> None:
        world.install()
        record(world, "https://www.example.com")
        noted = world.services.browser_signals.refused_origins(TENANT)
        writes: list[str] = []
        signals = followed(
            world.services.browser_signals,
            "save_refused_origins",
            by=lambda: writes.append("a write"),
        )
        again = replace(world, services=replace(world.services, browser_signals=signals))
        world.clock.advance(timedelta(minutes=9))
        record(again, "https://www.example.com/wines")
        assert (world.services.browser_signals.refused_origins(TENANT), writes) == (noted, [])
        world.clock.advance(timedelta(minutes=1))
        record(again, "https://www.example.com/wines")
        assert writes == ["a write"]

    def test_never_keeps_more_than_a_few(self, world: World) -> None:
        world.install()
        for number in range(100):
            record(world, f"https://{number}.example.com")
            world.clock.advance(timedelta(minutes=2))
        assert len(hosts(world)) == MOST_ORIGINS
        assert hosts(world)[0] == "99.example.com"

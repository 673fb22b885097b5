from datetime import timedelta

import pytest

from service.domain.installation import Installation, InstallState
from service.domain.origin import MOST_ORIGINS
from service.usecases.note_refused_origin import note_refused_origin
from tests.builders import NOW, TENANT
from tests.conftest import World
from tests.tenants import save_installation


def note(world: World, origin: str, tenant_id: str = TENANT) -> None:
    note_refused_origin(tenant_id, origin, now=world.clock(), services=world.services)


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

    def test_never_keeps_more_than_a_few(self, world: World) -> None:
        world.install()
        for number in range(100):
            note(world, f"https://{number}.example.com")
            world.clock.advance(timedelta(minutes=2))
        assert len(hosts(world)) == MOST_ORIGINS
        assert hosts(world)[0] == "99.example.com"

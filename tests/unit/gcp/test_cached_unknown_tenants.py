"""That a tenant is unknown is remembered, too: webhooks of invented ones cost no reads."""

from datetime import timedelta

from service.gcp.cached_tenants import CachedTenants
from tests.builders import TENANT
from tests.conftest import World
from tests.tenants import put
from tests.unit.gcp.counting import Counting

MINUTE = timedelta(minutes=1)


class TestAnUnknownTenant:
    def test_is_asked_for_once_a_minute(
        self, world: World, counting: Counting, cached: CachedTenants
    ) -> None:
        for _ in range(3):
            assert cached.get_cached("nobody") is None
        assert counting.asked["find"] == 1
        put(world.services.tenants, "nobody")
        assert cached.get_cached("nobody") is None
        world.clock.advance(MINUTE)
        assert cached.get_cached("nobody") is not None

    def test_is_known_at_once_when_this_process_adds_it(self, cached: CachedTenants) -> None:
        assert cached.get_cached("newcomer") is None
        put(cached, "newcomer")
        assert cached.get_cached("newcomer") is not None

    def test_pushes_no_known_one_out(self, counting: Counting, cached: CachedTenants) -> None:
        cached.get_cached(TENANT)
        for number in range(10_001):
            cached.get_cached(f"invented-{number}")
        counting.asked.clear()
        cached.get_cached(TENANT)
        assert counting.asked["find"] == 0

"""What is remembered of tenants, and for how long."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from service.domain.installation import Installation, InstallState
from service.domain.shop import Shop
from service.domain.tenant import Role
from service.gcp.cached_tenants import KEPT_FOR, CachedTenants
from service.ports import Tenants
from tests.builders import NOW, TENANT, some_settings
from tests.conftest import World

JUST_UNDER = KEPT_FOR - timedelta(seconds=1)


class Counting:
    """Another store of tenants, with a tally of what it is asked."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._tenants, name)


@pytest.fixture
def counting(world: World) -> Counting:
    world.install()
    return Counting(world.services.tenants)


@pytest.fixture
def cached(world: World, counting: Counting) -> CachedTenants:
    return CachedTenants(counting, clock=world.clock)


class TestRecall:
    def test_asks_once_a_minute(
        self, world: World, counting: Counting, cached: CachedTenants
    ) -> None:
        first = cached.recall(TENANT)
        world.clock.advance(JUST_UNDER)
        assert cached.recall(TENANT) == first == cached.recall(TENANT)
        assert counting.asked["find"] == 1
        world.clock.advance(timedelta(seconds=1))
        cached.recall(TENANT)
        assert counting.asked["find"] == 2

    def test_remembers_each_roles_token(self, counting: Counting, cached: CachedTenants) -> None:
        for _ in range(3):
            assert cached.recall_token(TENANT, Role.PRIMARY)
            assert cached.recall_token(TENANT, Role.SECONDARY) is None
        assert counting.asked["sealed_token"] == 1 + 3

    def test_never_remembers_that_there_is_nobody(
        self, counting: Counting, cached: CachedTenants
    ) -> None:
        for _ in range(3):
            assert cached.recall("nobody") is None
        assert counting.asked["find"] == 3

    def test_may_be_a_minute_behind_another_process_and_no_more(
        self, world: World, cached: CachedTenants
    ) -> None:
        cached.recall(TENANT)
        world.services.tenants.save_settings(TENANT, some_settings(enabled=False))
        behind = cached.recall(TENANT)
        assert behind is not None
        assert behind.choices.enabled
        world.clock.advance(KEPT_FOR)
        caught_up = cached.recall(TENANT)
        assert caught_up is not None
        assert not caught_up.choices.enabled


class TestFind:
    def test_is_never_behind_and_refreshes_the_memory(
        self, world: World, cached: CachedTenants
    ) -> None:
        cached.recall(TENANT)
        world.services.tenants.save_settings(TENANT, some_settings(enabled=False))
        assert cached.find(TENANT) == cached.recall(TENANT)
        found = cached.find(TENANT)
        assert found is not None
        assert not found.choices.enabled


@pytest.mark.parametrize(
    "change",
    [
        lambda cached: cached.save_settings(TENANT, some_settings(enabled=False)),
        lambda cached: cached.save_shop(TENANT, Shop(name="New"), due_at=NOW),
        lambda cached: cached.save_installation(TENANT, Installation(state=InstallState.HELD)),
        lambda cached: cached.remove(TENANT),
    ],
)
def test_a_change_made_here_is_seen_here_at_once(
    cached: CachedTenants, change: Callable[[CachedTenants], None]
) -> None:
    before = cached.recall(TENANT)
    change(cached)
    assert cached.recall(TENANT) != before


def test_a_token_that_was_removed_here_is_not_used(cached: CachedTenants) -> None:
    assert cached.recall_token(TENANT, Role.PRIMARY)
    cached.remove_tokens(TENANT)
    assert cached.recall_token(TENANT, Role.PRIMARY) is None
    cached.save_sealed_token(TENANT, Role.PRIMARY, "sealed")
    assert cached.recall_token(TENANT, Role.PRIMARY) == "sealed"

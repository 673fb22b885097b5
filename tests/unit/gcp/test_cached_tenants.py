"""The cache of tenants: what it keeps, and for how long."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.gcp.cached_tenants import CachedTenants
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.intake.receive_signal import Receipt, receive_signal
from tests.builders import (
    NOW,
    PIXEL,
    SECOND_PIXEL,
    TENANT,
    TOKEN,
    Clock,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import (
    forget,
    put,
    remove_tokens,
    save_installation,
    save_settings,
    save_shop,
    save_token,
)
from tests.unit.gcp.counting import Counting

MINUTE = timedelta(minutes=1)
JUST_UNDER = MINUTE - timedelta(seconds=1)


class Everybody(Counting):
    """A store in which every tenant exists; it counts the calls for each."""

    def __init__(self) -> None:
        super().__init__(None)

    def find(self, tenant_id: str) -> Tenant:
        self.asked[tenant_id] += 1
        return Tenant(id=tenant_id, choices=TenantSettings())

    def sealed_token(self, tenant_id: str, role: Role) -> str:
        self.asked[f"{tenant_id} {role}"] += 1
        return f"token of {tenant_id} {role}"

    def update_token(self, tenant_id: str, role: Role, _change: object) -> bool:
        return bool(tenant_id and role)


class TestGetCached:
    def test_reads_the_store_once_a_minute(
        self, world: World, counting: Counting, cached: CachedTenants
    ) -> None:
        first = cached.get_cached(TENANT)
        world.clock.advance(JUST_UNDER)
        assert cached.get_cached(TENANT) == first == cached.get_cached(TENANT)
        assert counting.asked["find"] == 1
        world.clock.advance(timedelta(seconds=1))
        cached.get_cached(TENANT)
        assert counting.asked["find"] == 2

    def test_remembers_each_roles_token(self, counting: Counting, cached: CachedTenants) -> None:
        for _ in range(3):
            assert cached.get_cached_token(TENANT, Role.PRIMARY)
            assert cached.get_cached_token(TENANT, Role.SECONDARY) is None
        assert counting.asked["sealed_token"] == 1 + 3

    def test_may_be_a_minute_behind_another_process_and_no_more(
        self, world: World, cached: CachedTenants
    ) -> None:
        cached.get_cached(TENANT)
        save_settings(world.services.tenants, TENANT, some_settings(enabled=False))
        behind = cached.get_cached(TENANT)
        assert behind is not None
        assert behind.choices.enabled
        world.clock.advance(MINUTE)
        caught_up = cached.get_cached(TENANT)
        assert caught_up is not None
        assert not caught_up.choices.enabled

    def test_remembers_a_tenant_whose_answer_came_with_a_find(
        self, counting: Counting, cached: CachedTenants
    ) -> None:
        assert cached.find(TENANT) == cached.get_cached(TENANT)
        assert counting.asked["find"] == 1

    def test_counts_the_minute_from_the_last_answer(
        self, world: World, counting: Counting, cached: CachedTenants
    ) -> None:
        cached.get_cached(TENANT)
        world.clock.advance(JUST_UNDER)
        cached.find(TENANT)
        world.clock.advance(JUST_UNDER)
        cached.get_cached(TENANT)
        assert counting.asked["find"] == 2

    def test_forgets_a_tenant_that_a_find_no_longer_finds(
        self, world: World, cached: CachedTenants
    ) -> None:
        cached.get_cached(TENANT)
        forget(world.services.tenants, TENANT)
        assert cached.find(TENANT) is None
        assert cached.get_cached(TENANT) is None

    def test_keeps_tenants_and_roles_apart(self) -> None:
        cached = CachedTenants(Everybody(), clock=Clock())
        for _ in range(2):
            for name in ("one", "two"):
                known = cached.get_cached(name)
                assert known is not None
                assert known.id == name
                tokens = [cached.get_cached_token(name, role) for role in Role]
                assert tokens == [f"token of {name} {role}" for role in Role]


class TestTheCache:
    MOST = 10_000

    def test_holds_ten_thousand_tenants_and_lets_go_of_the_oldest(self) -> None:
        everybody = Everybody()
        cached = CachedTenants(everybody, clock=Clock())
        names = [f"winery-{number}" for number in range(self.MOST)]
        for name in names:
            cached.get_cached(name)
        cached.find(names[5])  # cached already, so nothing is evicted
        cached.get_cached(names[0])
        assert everybody.asked[names[0]] == 1
        cached.find(names[0])  # now the newest; names[1] is the oldest
        cached.get_cached("one more")
        known = (names[0], names[2], names[-1], "one more", names[1])
        for name in known:
            cached.get_cached(name)
        assert [everybody.asked[name] for name in known] == [2, 1, 1, 1, 2]
        assert len(cached._known._kept) == self.MOST

    def test_holds_ten_thousand_tokens(self) -> None:
        everybody = Everybody()
        cached = CachedTenants(everybody, clock=Clock())
        for number in range(self.MOST + 1):
            cached.get_cached_token(f"winery-{number}", Role.PRIMARY)
        for number in (1, self.MOST, 0):
            cached.get_cached_token(f"winery-{number}", Role.PRIMARY)
        numbers = (1, self.MOST, 0)
        assert [everybody.asked[f"winery-{each} {Role.PRIMARY}"] for each in numbers] == [1, 1, 2]


class TestAnEvent:
    def test_asks_for_its_tenant_and_tokens_once_a_minute(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        had_one = Progress()
        for role, pixel_id in ((Role.PRIMARY, PIXEL), (Role.SECONDARY, SECOND_PIXEL)):
            mark = token_fingerprint(f"{TOKEN}{role}")
            had_one = had_one.with_sent(role, Verified(at=NOW, pixel_id=pixel_id, mark=mark))
        put(world.services.tenants, TENANT, progress=had_one)
        counting = Counting(world.services.tenants)
        cached = CachedTenants(counting, clock=world.clock)
        services = replace(world.services, tenants=cached)

        def deliver(number: int) -> None:
            received = receive_signal(
                a_signal(an_order(id=f"order-{number}")), tenant_id=TENANT, is_trusted=True,
                now=world.clock(), services=services,
            )  # fmt: skip
            assert received.receipt is Receipt.RECORDED
            assert received.record is not None
            for role in Role:
                result = send_event(TENANT, received.record.key, role=role, services=services)
                assert result.attempted is Attempted.FINISHED

        for number in range(3):
            deliver(number)
        assert counting.asked == {"find": 1, "sealed_token": 2}
        world.clock.advance(MINUTE)
        deliver(4)
        assert counting.asked == {"find": 2, "sealed_token": 4}
        assert len({token for _, _, token in world.meta.sent}) == 2


class TestFind:
    def test_asks_every_time(self, counting: Counting, cached: CachedTenants) -> None:
        for _ in range(3):
            cached.find(TENANT)
            cached.sealed_token(TENANT, Role.PRIMARY)
        assert counting.asked == {"find": 3, "sealed_token": 3}

    def test_of_a_token_is_never_behind_and_refreshes_the_memory(
        self, world: World, cached: CachedTenants
    ) -> None:
        assert cached.get_cached_token(TENANT, Role.PRIMARY)
        save_token(world.services.tenants, TENANT, Role.PRIMARY, "newer")
        assert cached.get_cached_token(TENANT, Role.PRIMARY) != "newer"
        assert cached.sealed_token(TENANT, Role.PRIMARY) == "newer"
        assert cached.get_cached_token(TENANT, Role.PRIMARY) == "newer"

    def test_is_never_behind_and_refreshes_the_memory(
        self, world: World, cached: CachedTenants
    ) -> None:
        cached.get_cached(TENANT)
        save_settings(world.services.tenants, TENANT, some_settings(enabled=False))
        assert cached.find(TENANT) == cached.get_cached(TENANT)
        found = cached.find(TENANT)
        assert found is not None
        assert not found.choices.enabled


@pytest.mark.parametrize(
    "change",
    [
        lambda cached: save_settings(cached, TENANT, some_settings(enabled=False)),
        lambda cached: save_shop(cached, TENANT, Shop(name="New"), due_at=NOW),
        lambda cached: save_installation(cached, TENANT, Installation(state=InstallState.HELD)),
        lambda cached: forget(cached, TENANT),
    ],
)
def test_a_change_made_here_is_seen_here_at_once(
    cached: CachedTenants, change: Callable[[CachedTenants], None]
) -> None:
    before = cached.get_cached(TENANT)
    change(cached)
    assert cached.get_cached(TENANT) != before


def test_a_token_that_was_removed_here_is_not_used(cached: CachedTenants) -> None:
    assert cached.get_cached_token(TENANT, Role.PRIMARY)
    remove_tokens(cached, TENANT)
    assert cached.get_cached_token(TENANT, Role.PRIMARY) is None
    save_token(cached, TENANT, Role.PRIMARY, "sealed")
    assert cached.get_cached_token(TENANT, Role.PRIMARY) == "sealed"


def test_a_tenant_and_its_tokens_that_were_removed_here_are_gone_at_once(
    cached: CachedTenants,
) -> None:
    cached.get_cached(TENANT)
    cached.get_cached_token(TENANT, Role.PRIMARY)
    forget(cached, TENANT)
    assert cached.get_cached(TENANT) is None
    assert cached.get_cached_token(TENANT, Role.PRIMARY) is None


def test_a_token_that_was_replaced_here_is_used_at_once(cached: CachedTenants) -> None:
    assert cached.get_cached_token(TENANT, Role.PRIMARY)
    save_token(cached, TENANT, Role.PRIMARY, "newer")
    assert cached.get_cached_token(TENANT, Role.PRIMARY) == "newer"


def test_a_change_of_one_tenant_leaves_the_memory_of_others_alone() -> None:
    everybody = Everybody()
    cached = CachedTenants(everybody, clock=Clock())
    for name in ("one", "two"):
        cached.get_cached(name)
        cached.get_cached_token(name, Role.PRIMARY)
    remove_tokens(cached, "one")
    for name in ("one", "two"):
        cached.get_cached(name)
        cached.get_cached_token(name, Role.PRIMARY)
    assert everybody.asked == {
        "one": 1, f"one {Role.PRIMARY}": 2, "two": 1, f"two {Role.PRIMARY}": 1,
    }  # fmt: skip

"""What every store of tenants must do about breakers. One parameter per engine."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.breaker import Breaker, BreakerState
from service.domain.tenant import Role
from service.ports import Tenants
from tests.builders import NOW, TENANT, some_settings

MINUTE = timedelta(minutes=1)
WORKING = Breaker()
DEAD = Breaker(
    state=BreakerState.NEEDS_RECONNECT,
    reason="The access token has expired",
    since=NOW,
    probe_at=NOW + MINUTE,
    is_watched=True,
)


@pytest.fixture
def known(tenants: Tenants) -> Tenants:
    """Return the store with one tenant in it."""
    tenants.save_settings(TENANT, some_settings())
    return tenants


def breaker(tenants: Tenants, role: Role = Role.PRIMARY) -> Breaker:
    tenant = tenants.find(TENANT)
    assert tenant is not None
    return tenant.breaker(role)


def write(tenants: Tenants, after: Breaker, over: Breaker, role: Role = Role.PRIMARY) -> bool:
    return tenants.replace_breaker(TENANT, role, after, over=over)


class TestABreaker:
    def test_works_where_nobody_wrote_any(self, known: Tenants) -> None:
        assert breaker(known) == WORKING

    @pytest.mark.parametrize("after", [DEAD, Breaker(release_at=NOW), WORKING])
    def test_comes_back_as_written(self, known: Tenants, after: Breaker) -> None:
        assert write(known, after, WORKING)
        assert breaker(known) == after
        assert breaker(known, Role.SECONDARY) == WORKING

    def test_is_written_over_the_one_that_was_read_alone(self, known: Tenants) -> None:
        assert write(known, DEAD, WORKING)
        assert not write(known, Breaker(release_at=NOW), WORKING)
        assert breaker(known) == DEAD
        assert write(known, WORKING, DEAD)
        assert breaker(known) == WORKING

    def test_of_a_tenant_that_nobody_knows_is_not_written(self, tenants: Tenants) -> None:
        assert not write(tenants, DEAD, WORKING)
        assert tenants.find(TENANT) is None

    def test_leaves_the_other_pixels_and_the_settings_alone(self, known: Tenants) -> None:
        assert write(known, DEAD, WORKING)
        assert write(known, Breaker(release_at=NOW), WORKING, Role.SECONDARY)
        known.save_settings(TENANT, some_settings(enabled=False))

        tenant = known.find(TENANT)
        assert tenant is not None
        assert tenant.choices == some_settings(enabled=False)
        assert (breaker(known), breaker(known, Role.SECONDARY)) == (DEAD, Breaker(release_at=NOW))

    def test_is_written_by_one_of_many_at_once(self, known: Tenants) -> None:
        rivals = [replace(DEAD, reason=str(number)) for number in range(8)]
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda rival: write(known, rival, WORKING), rivals))
        assert written.count(True) == 1
        assert breaker(known) == rivals[written.index(True)]


class TestBreakersDue:
    def test_are_found_when_their_time_has_come_the_longest_due_first(
        self, tenants: Tenants
    ) -> None:
        for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
            tenants.save_settings(name, some_settings())
            after = replace(DEAD, probe_at=NOW + minutes * MINUTE)
            tenants.replace_breaker(name, Role.PRIMARY, after, over=WORKING)

        assert tenants.breakers_due(now=NOW, limit=9) == []
        assert tenants.breakers_due(now=NOW + 2 * MINUTE, limit=9) == ["b", "c"]
        assert tenants.breakers_due(now=NOW + 9 * MINUTE, limit=2) == ["b", "c"]

    def test_go_by_the_first_of_a_tenants_pixels(self, known: Tenants) -> None:
        write(known, DEAD, WORKING)
        write(known, Breaker(release_at=NOW), WORKING, Role.SECONDARY)
        assert known.breakers_due(now=NOW, limit=9) == [TENANT]

    def test_are_not_those_that_nobody_watches(self, known: Tenants) -> None:
        write(known, replace(DEAD, is_watched=False), WORKING)
        assert known.breakers_due(now=NOW + timedelta(days=9), limit=9) == []

    def test_are_none_once_the_pixel_works(self, known: Tenants) -> None:
        write(known, DEAD, WORKING)
        write(known, WORKING, DEAD)
        assert known.breakers_due(now=NOW + timedelta(days=9), limit=9) == []

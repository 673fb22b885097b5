from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commerce7.client import request_limits
from service.infra.rate_limiter import RateLimiter
from tests.builders import NOW, TENANT

SECOND = timedelta(seconds=1)


def a_limiter(burst: int = 3) -> RateLimiter:
    return RateLimiter(burst=burst, interval=SECOND)


class TestRetryAfter:
    def test_lets_a_burst_through_and_then_one_each_interval(self) -> None:
        limiter = a_limiter()
        assert [limiter.retry_after(TENANT, now=NOW) for _ in range(3)] == [None] * 3
        assert limiter.retry_after(TENANT, now=NOW) == 2 * SECOND
        assert limiter.retry_after(TENANT, now=NOW + SECOND) is None
        assert limiter.retry_after(TENANT, now=NOW + SECOND) is not None

    def test_gives_each_refused_call_its_own_time(self) -> None:
        limiter = RateLimiter(burst=1, interval=SECOND, apart=3 * SECOND)
        limiter.retry_after(TENANT, now=NOW)
        waits = [limiter.retry_after(TENANT, now=NOW) for _ in range(3)]
        assert waits == [4 * SECOND, 7 * SECOND, 10 * SECOND]

    def test_counts_tenants_apart(self) -> None:
        limiter = a_limiter(burst=1)
        assert limiter.retry_after(TENANT, now=NOW) is None
        assert limiter.retry_after("other-winery", now=NOW) is None
        assert limiter.retry_after(TENANT, now=NOW) is not None

    def test_allows_a_new_burst_after_a_rest(self) -> None:
        limiter = a_limiter()
        for _ in range(3):
            limiter.retry_after(TENANT, now=NOW)
        later = NOW + 3 * SECOND
        assert [limiter.retry_after(TENANT, now=later) for _ in range(3)] == [None] * 3

    def test_counts_right_on_many_threads(self) -> None:
        limiter = a_limiter(burst=10)
        with ThreadPoolExecutor(max_workers=16) as pool:
            waits = list(pool.map(lambda _: limiter.retry_after(TENANT, now=NOW), range(50)))
        assert waits.count(None) == 10

    def test_forgets_idle_tenants(self) -> None:
        limiter = a_limiter()
        for number in range(10_001):
            limiter.retry_after(f"winery-{number}", now=NOW)
        limiter.retry_after("one-more", now=NOW + timedelta(minutes=1))
        assert len(limiter._tallies) == 1

    @pytest.mark.thorough
    @given(st.lists(st.integers(0, 3_000), min_size=150, max_size=300))
    def test_never_exceeds_what_commerce7_allows_in_any_minute(self, gaps: list[int]) -> None:
        limits, at, spent = request_limits(), NOW, []
        for gap in gaps:
            at += timedelta(milliseconds=gap)
            pace = limits.requests if gap % 3 else limits.access_checks
            if pace.retry_after(TENANT, now=at, keep=15 * (gap % 2)) is None:
                spent.append(at)
        for start in spent:
            in_a_minute = [each for each in spent if start <= each < start + timedelta(minutes=1)]
            assert len(in_a_minute) <= 98


class TestKeep:
    def test_a_call_of_low_priority_leaves_the_kept_calls_to_others(self) -> None:
        limiter = a_limiter(burst=3)
        assert limiter.retry_after(TENANT, now=NOW, keep=2) is None
        assert limiter.retry_after(TENANT, now=NOW, keep=2) is not None
        assert [limiter.retry_after(TENANT, now=NOW) for _ in range(2)] == [None] * 2

    def test_a_flood_of_low_priority_never_delays_others(self) -> None:
        limiter = a_limiter(burst=3)
        for number in range(200):
            at = NOW + number * SECOND / 10
            limiter.retry_after(TENANT, now=at, keep=2)
            if number % 20 == 0:
                assert limiter.retry_after(TENANT, now=at) is None

    def test_a_refused_call_of_low_priority_does_not_postpone_those_of_others(self) -> None:
        limiter = a_limiter(burst=2)
        for _ in range(50):
            limiter.retry_after(TENANT, now=NOW, keep=1)
        assert limiter.retry_after(TENANT, now=NOW) is None
        assert limiter.retry_after(TENANT, now=NOW) == 2 * SECOND


class TestBlockUntil:
    def test_allows_no_call_until_then(self) -> None:
        limiter = a_limiter()
        limiter.block_until(TENANT, NOW + 10 * SECOND)
        assert limiter.retry_after(TENANT, now=NOW + 9 * SECOND) == 2 * SECOND
        assert limiter.retry_after(TENANT, now=NOW + 10 * SECOND) is None
        assert limiter.retry_after(TENANT, now=NOW + 10 * SECOND) is not None
        assert limiter.retry_after("other-winery", now=NOW) is None

    def test_shortens_no_longer_rest(self) -> None:
        limiter = a_limiter()
        limiter.block_until(TENANT, NOW + 10 * SECOND)
        limiter.block_until(TENANT, NOW + SECOND)
        assert limiter.retry_after(TENANT, now=NOW + 2 * SECOND) is not None

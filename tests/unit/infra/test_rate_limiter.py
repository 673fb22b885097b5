from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commerce7.client import allowed_pace
from service.infra.rate_limiter import Pace
from tests.builders import NOW, TENANT

SECOND = timedelta(seconds=1)


def a_pace(burst: int = 3) -> Pace:
    return Pace(burst=burst, interval=SECOND)


class TestSpend:
    def test_lets_a_burst_through_and_then_one_each_interval(self) -> None:
        pace = a_pace()
        assert [pace.spend(TENANT, now=NOW) for _ in range(3)] == [None] * 3
        assert pace.spend(TENANT, now=NOW) == 2 * SECOND
        assert pace.spend(TENANT, now=NOW + SECOND) is None
        assert pace.spend(TENANT, now=NOW + SECOND) is not None

    def test_gives_everybody_who_waits_a_time_of_their_own(self) -> None:
        pace = Pace(burst=1, interval=SECOND, apart=3 * SECOND)
        pace.spend(TENANT, now=NOW)
        waits = [pace.spend(TENANT, now=NOW) for _ in range(3)]
        assert waits == [4 * SECOND, 7 * SECOND, 10 * SECOND]

    def test_counts_tenants_apart(self) -> None:
        pace = a_pace(burst=1)
        assert pace.spend(TENANT, now=NOW) is None
        assert pace.spend("other-winery", now=NOW) is None
        assert pace.spend(TENANT, now=NOW) is not None

    def test_allows_a_new_burst_after_a_rest(self) -> None:
        pace = a_pace()
        for _ in range(3):
            pace.spend(TENANT, now=NOW)
        later = NOW + 3 * SECOND
        assert [pace.spend(TENANT, now=later) for _ in range(3)] == [None] * 3

    def test_counts_right_on_many_threads(self) -> None:
        pace = a_pace(burst=10)
        with ThreadPoolExecutor(max_workers=16) as pool:
            waits = list(pool.map(lambda _: pace.spend(TENANT, now=NOW), range(50)))
        assert waits.count(None) == 10

    def test_forgets_tenants_that_ask_no_more(self) -> None:
        pace = a_pace()
        for number in range(10_001):
            pace.spend(f"winery-{number}", now=NOW)
        pace.spend("one-more", now=NOW + timedelta(minutes=1))
        assert len(pace._tallies) == 1

    @pytest.mark.thorough
    @given(st.lists(st.integers(0, 3_000), min_size=150, max_size=300))
    def test_never_exceeds_what_commerce7_allows_in_any_minute(self, gaps: list[int]) -> None:
        pace, at, spent = allowed_pace(), NOW, []
        for gap in gaps:
            at += timedelta(milliseconds=gap)
            if pace.spend(TENANT, now=at) is None:
                spent.append(at)
        for start in spent:
            in_a_minute = [each for each in spent if start <= each < start + timedelta(minutes=1)]
            assert len(in_a_minute) <= 91


class TestRest:
    def test_lets_nobody_spend_until_then(self) -> None:
        pace = a_pace()
        pace.rest(TENANT, until=NOW + 10 * SECOND)
        assert pace.spend(TENANT, now=NOW + 9 * SECOND) == 2 * SECOND
        assert pace.spend(TENANT, now=NOW + 10 * SECOND) is None
        assert pace.spend(TENANT, now=NOW + 10 * SECOND) is not None
        assert pace.spend("other-winery", now=NOW) is None

    def test_shortens_no_longer_rest(self) -> None:
        pace = a_pace()
        pace.rest(TENANT, until=NOW + 10 * SECOND)
        pace.rest(TENANT, until=NOW + SECOND)
        assert pace.spend(TENANT, now=NOW + 2 * SECOND) is not None

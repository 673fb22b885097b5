from datetime import timedelta

from service.infra.bulkhead import Bulkhead
from tests.builders import NOW

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
KEY = "winery"


def a_bulkhead() -> Bulkhead:
    return Bulkhead(limit=1, slow=3 * SECOND, memory=MINUTE)


class TestBulkhead:
    def test_refuses_nothing_while_all_calls_are_quick(self) -> None:
        bulkhead = a_bulkhead()
        assert all(bulkhead.acquire(KEY, now=NOW) for _ in range(50))

    def test_limits_a_key_while_a_call_is_slow(self) -> None:
        bulkhead = a_bulkhead()
        bulkhead.acquire(KEY, now=NOW)
        assert bulkhead.acquire(KEY, now=NOW + 2 * SECOND)
        assert not bulkhead.acquire(KEY, now=NOW + 3 * SECOND)
        assert bulkhead.acquire("other-winery", now=NOW + 3 * SECOND)

    def test_limits_a_key_for_a_while_after_a_slow_call(self) -> None:
        bulkhead = a_bulkhead()
        bulkhead.acquire(KEY, now=NOW)
        slow_at = NOW + 3 * SECOND
        bulkhead.release(KEY, since=NOW, now=slow_at)
        assert [bulkhead.acquire(KEY, now=slow_at) for _ in range(2)] == [True, False]
        bulkhead.release(KEY, since=slow_at, now=slow_at)
        later = slow_at + MINUTE
        assert [bulkhead.acquire(KEY, now=later) for _ in range(2)] == [True, True]

    def test_forgets_keys_without_calls(self) -> None:
        bulkhead = a_bulkhead()
        bulkhead.acquire(KEY, now=NOW)
        bulkhead.release(KEY, since=NOW, now=NOW)
        assert bulkhead._queues == {}

from datetime import timedelta

from service.infra.bulkhead import Turns
from tests.builders import NOW

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
KEY = "winery"


def some_turns() -> Turns:
    return Turns(few=1, slow=3 * SECOND, memory=MINUTE)


class TestTurns:
    def test_are_for_everybody_while_all_are_quick(self) -> None:
        turns = some_turns()
        assert all(turns.take(KEY, now=NOW) for _ in range(50))

    def test_are_few_while_one_is_slow(self) -> None:
        turns = some_turns()
        turns.take(KEY, now=NOW)
        assert turns.take(KEY, now=NOW + 2 * SECOND)
        assert not turns.take(KEY, now=NOW + 3 * SECOND)
        assert turns.take("other-winery", now=NOW + 3 * SECOND)

    def test_stay_few_for_a_while_after_a_slow_one(self) -> None:
        turns = some_turns()
        turns.take(KEY, now=NOW)
        slow_at = NOW + 3 * SECOND
        turns.give_back(KEY, since=NOW, now=slow_at)
        assert [turns.take(KEY, now=slow_at) for _ in range(2)] == [True, False]
        turns.give_back(KEY, since=slow_at, now=slow_at)
        later = slow_at + MINUTE
        assert [turns.take(KEY, now=later) for _ in range(2)] == [True, True]

    def test_that_are_over_are_forgotten(self) -> None:
        turns = some_turns()
        turns.take(KEY, now=NOW)
        turns.give_back(KEY, since=NOW, now=NOW)
        assert turns._queues == {}

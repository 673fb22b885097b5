from datetime import timedelta

from service.infra.bulkhead import Bulkhead, Place
from tests.builders import Clock

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
KEY = "winery"


def a_bulkhead() -> Bulkhead:
    return Bulkhead(limit=1, slow=3 * SECOND, memory=MINUTE)


def acquired(bulkhead: Bulkhead, clock: Clock) -> Place:
    place = bulkhead.acquire(KEY, now=clock())
    assert place is not None
    return place


class TestBulkhead:
    def test_refuses_nothing_while_all_answers_are_quick(self) -> None:
        bulkhead, clock = a_bulkhead(), Clock()
        places = [acquired(bulkhead, clock) for _ in range(50)]
        for place in places:
            with bulkhead.asking(place, clock):
                clock.advance(2 * SECOND)
                assert bulkhead.acquire(KEY, now=clock())

    def test_limits_a_key_while_an_answer_is_slow(self) -> None:
        bulkhead, clock = a_bulkhead(), Clock()
        with bulkhead.asking(acquired(bulkhead, clock), clock):
            clock.advance(2 * SECOND)
            assert bulkhead.acquire(KEY, now=clock())
            clock.advance(SECOND)
            assert not bulkhead.acquire(KEY, now=clock())
            assert bulkhead.acquire("other-winery", now=clock())

    def test_limits_a_key_for_a_while_after_a_slow_answer(self) -> None:
        bulkhead, clock = a_bulkhead(), Clock()
        place = acquired(bulkhead, clock)
        with bulkhead.asking(place, clock):
            clock.advance(3 * SECOND)
        assert not bulkhead.acquire(KEY, now=clock())
        bulkhead.release(place, now=clock())
        place = acquired(bulkhead, clock)
        assert not bulkhead.acquire(KEY, now=clock())
        bulkhead.release(place, now=clock())
        clock.advance(MINUTE)
        assert [bool(bulkhead.acquire(KEY, now=clock())) for _ in range(2)] == [True, True]

    def test_does_not_count_what_a_caller_does_beside_asking(self) -> None:
        bulkhead, clock = a_bulkhead(), Clock()
        place = acquired(bulkhead, clock)
        clock.advance(MINUTE)
        with bulkhead.asking(place, clock):
            clock.advance(SECOND)
        clock.advance(MINUTE)
        assert bulkhead.acquire(KEY, now=clock())
        bulkhead.release(place, now=clock())
        assert bulkhead.acquire(KEY, now=clock())

    def test_forgets_keys_without_callers(self) -> None:
        bulkhead, clock = a_bulkhead(), Clock()
        bulkhead.release(acquired(bulkhead, clock), now=clock())
        assert bulkhead._callers == {}

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from service.gcp.circuit_breaker import CircuitBreaker
from tests.builders import Clock

PAUSE = timedelta(seconds=5)


def a_breaker() -> tuple[CircuitBreaker, Clock]:
    clock = Clock()
    return CircuitBreaker(pause=PAUSE, clock=clock), clock


def an_open_breaker() -> tuple[CircuitBreaker, Clock]:
    breaker, clock = a_breaker()
    breaker.record_failure()
    return breaker, clock


class TestAClosedBreaker:
    def test_allows_every_call(self) -> None:
        breaker, _ = a_breaker()
        assert all(breaker.allows_call() for _ in range(3))
        breaker.record_success()
        assert breaker.allows_call()


class TestAnOpenBreaker:
    def test_allows_none_until_its_pause_is_over(self) -> None:
        breaker, clock = an_open_breaker()
        assert not breaker.allows_call()
        clock.advance(PAUSE - timedelta(milliseconds=1))
        assert not breaker.allows_call()

    def test_allows_one_probe_then(self) -> None:
        breaker, clock = an_open_breaker()
        clock.advance(PAUSE)
        assert [breaker.allows_call() for _ in range(3)] == [True, False, False]

    def test_allows_one_probe_to_many_threads(self) -> None:
        breaker, clock = an_open_breaker()
        clock.advance(PAUSE)
        together = Barrier(8)

        def ask(_: int) -> bool:
            together.wait(10)
            return breaker.allows_call()

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(8))) == 1

    def test_is_closed_by_a_success(self) -> None:
        breaker, clock = an_open_breaker()
        clock.advance(PAUSE)
        assert breaker.allows_call()
        breaker.record_success()
        assert all(breaker.allows_call() for _ in range(3))

    def test_stays_open_after_a_probe_that_failed(self) -> None:
        breaker, clock = an_open_breaker()
        clock.advance(PAUSE)
        assert breaker.allows_call()
        clock.advance(timedelta(seconds=3))
        breaker.record_failure()
        clock.advance(PAUSE - timedelta(milliseconds=1))
        assert not breaker.allows_call()
        clock.advance(timedelta(milliseconds=1))
        assert breaker.allows_call()

    def test_is_probed_again_after_a_probe_that_never_ended(self) -> None:
        breaker, clock = an_open_breaker()
        clock.advance(PAUSE)
        assert breaker.allows_call()
        clock.advance(PAUSE)
        assert [breaker.allows_call() for _ in range(2)] == [True, False]

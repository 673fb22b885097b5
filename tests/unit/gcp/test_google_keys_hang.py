"""Google's keys while Google accepts requests for them and does not answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest

from service.gcp.google_keys import GoogleKeys
from service.infra.http import Http
from service.ports import KeysUnavailableError
from tests.builders import Clock
from tests.unit.gcp.google import KEYS, Google, google

MINUTE = timedelta(minutes=1)
MANY = 8
# All together; one after the other they would wait for minutes.
AT_ONCE = 5.0


def keys_of(told: Google, clock: Clock) -> GoogleKeys:
    return GoogleKeys(Http(), clock=clock, url=told.url)


class TestTheKeysOfAGoogleThatHangs:
    @pytest.fixture
    def told(self) -> Iterator[Google]:
        released = Event()
        with google() as told:
            told.offer("one")
            told.meanwhile = lambda: told.asked > 1 and released.wait(30)
            yield told
            released.set()

    def test_are_known_to_all_who_ask_for_a_known_one(self, told: Google) -> None:
        clock = Clock()
        keys = keys_of(told, clock)
        keys.key_for("one")
        clock.advance(timedelta(hours=1))
        begun = monotonic()
        with ThreadPoolExecutor(MANY) as pool:
            found = list(pool.map(lambda _: keys.key_for("one"), range(10 * MANY)))
        assert found == [KEYS["one"].public_key()] * 10 * MANY
        assert monotonic() - begun < AT_ONCE
        assert told.asked == 2

    def test_are_not_waited_for_by_all_who_invent_one(self, told: Google) -> None:
        clock = Clock()
        keys = keys_of(told, clock)
        keys.key_for("one")
        clock.advance(MINUTE)

        def invent(number: int) -> object:
            with pytest.raises(KeysUnavailableError):
                keys.key_for(f"invented-{number}")
            return keys.key_for("one")

        begun = monotonic()
        with ThreadPoolExecutor(MANY) as pool:
            found = list(pool.map(invent, range(10 * MANY)))
        assert found == [KEYS["one"].public_key()] * 10 * MANY
        assert monotonic() - begun < AT_ONCE
        assert told.asked == 2

    def test_are_there_once_it_answers_though_nobody_waits(self, told: Google) -> None:
        clock = Clock()
        keys = keys_of(told, clock)
        keys.key_for("one")
        clock.advance(MINUTE)
        answered = Event()
        told.meanwhile = lambda: answered.wait(30)
        told.offer("one", "two")
        with pytest.raises(KeysUnavailableError):
            keys.key_for("two")
        fetch = keys._fetch
        answered.set()
        assert fetch is None or fetch.is_over.wait(10)
        assert keys.key_for("two") == KEYS["two"].public_key()
        assert told.asked == 2

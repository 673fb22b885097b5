"""A bounded memory of keys."""

from datetime import timedelta

from service.infra.recent_keys import RecentKeys
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def test_are_remembered_with_the_time_of_the_last_note() -> None:
    keys = RecentKeys(kept_for=2 * MINUTE, most=9)
    assert keys.time_of("a", now=NOW) is None
    for minutes in (0, 1):
        keys.note("a", now=NOW + minutes * MINUTE)
    assert keys.time_of("a", now=NOW + 2 * MINUTE) == NOW + MINUTE
    assert keys.knows("a", now=NOW + 2 * MINUTE)
    assert not keys.knows("a", now=NOW + 3 * MINUTE)


def test_are_forgotten_when_asked() -> None:
    keys = RecentKeys(kept_for=MINUTE, most=9)
    keys.note("a", now=NOW)
    keys.forget("a")
    keys.forget("b")
    assert not keys.knows("a", now=NOW)


def test_are_forgotten_the_oldest_first_once_there_are_too_many() -> None:
    keys = RecentKeys(kept_for=MINUTE, most=3)
    for key in ("0", "1", "2", "0", "new"):
        keys.note(key, now=NOW)
    assert [keys.knows(key, now=NOW) for key in ("0", "1", "2", "new")] == [True, False, True, True]

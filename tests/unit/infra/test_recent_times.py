"""The times of keys that were noted last."""

from datetime import timedelta

from service.infra.recent_times import _MOST_KEYS, RecentTimes
from tests.builders import NOW


def test_are_those_of_the_last_note() -> None:
    times = RecentTimes()
    assert times.time_of("a") is None
    for minutes in (1, 2):
        times.note("a", NOW + timedelta(minutes=minutes))
    assert times.time_of("a") == NOW + timedelta(minutes=2)


def test_are_forgotten_the_oldest_first_once_there_are_too_many() -> None:
    times = RecentTimes()
    for number in range(_MOST_KEYS):
        times.note(str(number), NOW)
    times.note("0", NOW)
    times.note("new", NOW)
    assert [times.time_of(key) for key in ("0", "1", "2", "new")] == [NOW, None, NOW, NOW]

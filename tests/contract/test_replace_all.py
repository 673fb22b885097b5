"""What every store of events must do with many changes at once. Runs on each engine."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.records.record import EventRecord
from service.ports import Events, Stored
from tests.builders import NOW, TENANT, a_record

MANY = 250


def add(events: Events, number: int, tenant_id: str = TENANT) -> list[Stored]:
    """Store `number` records."""
    added = [events.add(a_record(key=f"{each:064}", tenant_id=tenant_id)) for each in range(number)]
    return [stored for stored in added if stored]


def renamed(many: Sequence[Stored], event_id: str) -> list[tuple[Stored, EventRecord]]:
    return [(stored, replace(stored.record, event_id=event_id)) for stored in many]


def found(events: Events, many: Sequence[Stored]) -> list[str | None]:
    """Return the records' present event ids; `None` for a record that is gone."""
    asked = [events.find(each.record.tenant_id, each.record.key) for each in many]
    return [stored.record.event_id if stored else None for stored in asked]


class TestReplaceAll:
    def test_writes_over_what_was_read_and_returns_what_find_finds(self, events: Events) -> None:
        mine, theirs = add(events, 2), add(events, 1, tenant_id="other-winery")
        written = events.replace_all(renamed([*mine, *theirs], "new"))
        assert [each and each.record.event_id for each in written] == ["new"] * 3
        assert written == [
            events.find(each.record.tenant_id, each.record.key) for each in [*mine, *theirs]
        ]

    def test_refuses_stale_revisions_and_writes_the_others(self, events: Events) -> None:
        many = add(events, 3)
        assert events.replace(many[1], replace(many[1].record, event_id="first"))
        written = events.replace_all(renamed(many, "second"))
        assert [each is not None for each in written] == [True, False, True]
        assert found(events, many) == ["second", "first", "second"]

    def test_does_not_restore_deleted_records(self, events: Events) -> None:
        many = add(events, 2)
        lock = events.replace(many[0], many[0].record.without_content(now=NOW))
        assert lock
        assert events.drop_expired(now=NOW + timedelta(days=1000), limit=9) == 1
        written = events.replace_all(renamed([lock, many[1]], "new"))
        assert [each is not None for each in written] == [False, True]
        assert found(events, many) == [None, "new"]

    def test_returns_the_revisions_for_the_next_change(self, events: Events) -> None:
        many = add(events, 2)
        first = [each for each in events.replace_all(renamed(many, "first")) if each]
        second = events.replace_all(renamed(first, "second"))
        assert all(second)
        assert events.replace_all(renamed(first, "third")) == [None, None]
        assert found(events, many) == ["second", "second"]

    def test_takes_more_than_one_round_trip_holds(self, events: Events) -> None:
        many = add(events, MANY)
        emptied = [(each, each.record.without_content(now=NOW)) for each in many]
        written = events.replace_all(emptied)
        assert [each and each.record.key for each in written] == [each.record.key for each in many]
        assert events.newest(TENANT, limit=9) == []
        assert events.count(TENANT) == {}

    def test_is_a_change_of_the_log(self, events: Events) -> None:
        many = add(events, 2)
        before = events.last_change(TENANT)
        events.replace_all(renamed(many, "new"))
        assert events.last_change(TENANT) != before

    def test_of_nothing_is_nothing(self, events: Events) -> None:
        assert list(events.replace_all([])) == []

    @pytest.mark.parametrize("rivals", [8])
    def test_lets_one_of_many_win_each_record(self, events: Events, rivals: int) -> None:
        many = add(events, 20)
        with ThreadPoolExecutor(rivals) as pool:
            names = [f"rival-{number}" for number in range(rivals)]
            told = list(pool.map(lambda name: events.replace_all(renamed(many, name)), names))
        winners = [
            [name for name, written in zip(names, told, strict=True) if written[place]]
            for place in range(len(many))
        ]
        assert [len(each) for each in winners] == [1] * len(many)
        assert [[each] for each in found(events, many)] == winners

"""What every store of events must do. Runs on each engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import EventName
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.ports import Events, Stored, StoreUnavailableError
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record


def add(events: Events, record: EventRecord) -> Stored:
    stored = events.add(record)
    assert stored is not None
    return stored


class TestAdd:
    def test_returns_what_find_finds(self, events: Events) -> None:
        record = a_record(payload="sealed", match_keys=("email",))

        assert add(events, record).record == record
        found = events.find(TENANT, record.key)

        assert found is not None
        assert found.record == record

    def test_takes_a_key_once_and_leaves_the_first_record_alone(self, events: Events) -> None:
        first = a_record()
        add(events, first)

        assert events.add(replace(first, event_id="other")) is None

        found = events.find(TENANT, first.key)
        assert found is not None
        assert found.record == first

    def test_keeps_tenants_apart(self, events: Events) -> None:
        mine, theirs = a_record(), a_record(tenant_id="other-winery", event_id="theirs")
        add(events, mine)
        add(events, theirs)

        found = events.find("other-winery", mine.key)
        assert found is not None
        assert found.record.event_id == "theirs"
        assert [stored.record for stored in events.newest(TENANT, limit=10)] == [mine]

    def test_lets_one_of_many_simultaneous_writers_win(self, events: Events) -> None:
        with ThreadPoolExecutor(max_workers=16) as pool:
            added = list(pool.map(lambda _: events.add(a_record()), range(50)))

        assert sum(stored is not None for stored in added) == 1


class TestFind:
    def test_finds_nothing_under_an_unknown_key(self, events: Events) -> None:
        assert events.find(TENANT, "no-such-key") is None

    def test_finds_many_at_once_by_their_keys(self, events: Events) -> None:
        made = [add(events, a_record(event_id=f"{n}", key=f"key-{n}")) for n in range(150)]
        add(events, a_record(tenant_id="other-winery", key="key-150"))
        keys = ["no-such-key", "key-150", *(each.record.key for each in made[:120])]
        assert events.find_all(TENANT, keys) == {each.record.key: each for each in made[:120]}
        assert events.find_all(TENANT, []) == {}


class TestReplace:
    def test_writes_over_what_was_read(self, events: Events) -> None:
        stored = add(events, a_record())
        changed = replace(stored.record, updated_at=NOW + timedelta(seconds=1))

        written = events.replace(stored, changed)

        assert written is not None
        assert written.record == changed
        found = events.find(TENANT, changed.key)
        assert found == written

    def test_refuses_a_stale_revision(self, events: Events) -> None:
        stored = add(events, a_record())
        assert events.replace(stored, replace(stored.record, event_id="first")) is not None

        assert events.replace(stored, replace(stored.record, event_id="second")) is None

        found = events.find(TENANT, stored.record.key)
        assert found is not None
        assert found.record.event_id == "first"

    def test_lets_one_of_many_simultaneous_writers_win(self, events: Events) -> None:
        stored = add(events, a_record())

        with ThreadPoolExecutor(max_workers=16) as pool:
            written = list(pool.map(lambda _: events.replace(stored, stored.record), range(50)))

        assert sum(each is not None for each in written) == 1


class TestDue:
    def test_returns_overdue_records_of_every_tenant_most_overdue_first(
        self, events: Events
    ) -> None:
        def record(key: str, tenant_id: str, minutes: int) -> EventRecord:
            delivery = a_delivery(due_at=NOW + timedelta(minutes=minutes))
            return a_record(key=key, tenant_id=tenant_id, deliveries={Role.PRIMARY: delivery})

        for key, tenant_id, minutes in (("b", "one", -1), ("a", "two", -2), ("c", "one", 1)):
            add(events, record(key, tenant_id, minutes))

        assert [stored.record.key for stored in events.due(now=NOW, limit=10)] == ["a", "b"]
        assert [stored.record.key for stored in events.due(now=NOW, limit=1)] == ["a"]

    def test_reads_times_of_any_zone(self, events: Events) -> None:
        kiritimati = timezone(timedelta(hours=14))
        delivery = a_delivery(due_at=(NOW - timedelta(minutes=1)).astimezone(kiritimati))
        add(events, a_record(deliveries={Role.PRIMARY: delivery}))

        assert len(events.due(now=NOW, limit=10)) == 1

    def test_takes_the_earliest_of_a_records_deliveries(self, events: Events) -> None:
        later = a_delivery(due_at=NOW + timedelta(hours=1))
        add(events, a_record(deliveries={Role.PRIMARY: later, Role.SECONDARY: a_delivery()}))

        assert len(events.due(now=NOW + timedelta(minutes=2), limit=10)) == 1

    def test_leaves_out_records_that_are_final_or_have_no_delivery(self, events: Events) -> None:
        stored = add(events, a_record())
        done = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
        events.replace(stored, stored.record.with_delivery(Role.PRIMARY, done, now=NOW))
        add(events, a_waiting_record(key="waiting"))

        assert events.due(now=NOW + timedelta(days=30), limit=10) == []


class TestNewest:
    def test_returns_the_newest_first_and_no_more_than_asked_for(self, events: Events) -> None:
        for minute in (2, 0, 1):
            add(events, a_record(key=str(minute), received_at=NOW + timedelta(minutes=minute)))

        assert [stored.record.key for stored in events.newest(TENANT, limit=2)] == ["2", "1"]

    def test_orders_records_of_the_same_moment_always_alike(self, events: Events) -> None:
        for key in ("b", "c", "a"):
            add(events, a_record(key=key))

        assert [each.record.key for each in events.newest(TENANT, limit=10)] == ["c", "b", "a"]

    def test_follows_a_record_that_is_received_anew(self, events: Events) -> None:
        waiting = add(events, a_waiting_record(key="old"))
        add(events, a_record(key="new", received_at=NOW + timedelta(minutes=1)))
        paid = a_record(key="old", received_at=NOW + timedelta(minutes=2))

        events.replace(waiting, paid)

        assert [stored.record.key for stored in events.newest(TENANT, limit=2)] == ["old", "new"]

    def test_returns_the_status(self, events: Events) -> None:
        add(events, a_waiting_record())

        assert [stored.record.status for stored in events.newest(TENANT, limit=1)] == [
            Status.WAITING
        ]


class TestCount:
    def test_counts_this_tenants_rows_by_status(self, events: Events) -> None:
        for key in ("1", "2"):
            add(events, a_record(key=key))
        add(events, a_waiting_record(key="3"))
        add(events, a_record(key="4", tenant_id="other-winery"))
        add(events, a_record(key="5", is_test=True))
        add(
            events, a_record(key="6", name=EventName.PAGE_VIEW, state=Status.SKIPPED, deliveries={})
        )

        assert events.count(TENANT) == {
            Status.QUEUED: 2,
            Status.WAITING: 1,
            Status.SKIPPED: 1,
        }
        assert events.count("nobody") == {}

    def test_follows_a_change(self, events: Events) -> None:
        stored = add(events, a_record())
        done = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
        events.replace(stored, stored.record.with_delivery(Role.PRIMARY, done, now=NOW))

        assert events.count(TENANT) == {Status.SENT: 1}


class TestAClearedRecord:
    def test_is_in_no_log_and_keeps_its_key_taken(self, events: Events) -> None:
        stored = add(events, a_record())
        assert events.replace(stored, stored.record.without_content(now=NOW)) is not None

        assert events.newest(TENANT, limit=10) == []
        assert events.count(TENANT) == {}
        assert events.due(now=NOW + timedelta(days=30), limit=10) == []
        assert events.add(a_record()) is None

    def test_may_return_to_the_log(self, events: Events) -> None:
        stored = add(events, a_waiting_record())
        lock = events.replace(stored, stored.record.without_content(now=NOW))
        assert lock is not None
        events.replace(lock, a_record())

        assert [each.record for each in events.newest(TENANT, limit=10)] == [a_record()]


class TestPing:
    def test_answers(self, events: Events) -> None:
        events.ping()


class TestSqliteThatIsGone:
    def test_raises_store_unavailable(self, tmp_path: Path) -> None:
        file = SqliteFile(str(tmp_path / "gone.db"))
        events = SqliteEvents(file)
        file.close()

        with pytest.raises(StoreUnavailableError):
            events.ping()
        with pytest.raises(StoreUnavailableError):
            events.add(a_record())
        with pytest.raises(StoreUnavailableError):
            events.newest(TENANT, limit=1)

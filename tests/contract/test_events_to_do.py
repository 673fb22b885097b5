"""What every store of events must do with open, old and expired records. Runs on each engine."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.delivery.steps import closed
from service.domain.events.event import EVENT_WINDOW, EventName
from service.domain.events.reason import Reason
from service.domain.records.lookup import Lookup
from service.domain.records.record import LOCK_FOR, EventRecord
from service.domain.tenants.tenant import Role
from service.ports import Cursor, Events, Stored
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record

SECOND = timedelta(seconds=1)
OVER = NOW + LOCK_FOR
KIRITIMATI = timezone(timedelta(hours=14))


def add(events: Events, record: EventRecord) -> Stored:
    stored = events.add(record)
    assert stored is not None
    return stored


def due(key: str, at: datetime, **changes: object) -> EventRecord:
    return replace(
        a_record(key=key, deliveries={Role.PRIMARY: a_delivery(due_at=at)}),
        **changes,  # type: ignore[arg-type] # whatever the test names
    )


def done(key: str, received_at: datetime, **changes: object) -> EventRecord:
    final = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
    record = a_record(key=key, received_at=received_at, deliveries={Role.PRIMARY: final})
    return replace(record, **changes)  # type: ignore[arg-type] # whatever the test names


def open_keys(events: Events, *, after: Cursor | None = None, limit: int = 100) -> list[str]:
    return [each.record.key for each in events.open(TENANT, after=after, limit=limit)]


def place(stored: Stored) -> Cursor:
    assert stored.record.due_at
    return Cursor(stored.record.due_at, stored.record.key)


def walk(events: Events, *, limit: int) -> list[str]:
    """Return the keys of all open records, read in pages of `limit`."""
    keys: list[str] = []
    last: Cursor | None = None
    while batch := events.open(TENANT, after=last, limit=limit):
        assert len(batch) <= limit
        keys += [each.record.key for each in batch]
        last = place(batch[-1])
    return keys


class TestOpen:
    def test_returns_waiting_records_by_due_time(self, events: Events) -> None:
        for key, seconds in (("b", 3), ("a", 2), ("c", 1)):
            add(events, due(key, NOW + timedelta(seconds=seconds)))
        assert open_keys(events) == ["c", "a", "b"]
        assert open_keys(events, limit=2) == ["c", "a"]

    def test_returns_records_as_they_were_written(self, events: Events) -> None:
        stored = add(events, due("a", NOW, payload="sealed"))
        assert list(events.open(TENANT, after=None, limit=9)) == [stored]

    def test_returns_lookups_too(self, events: Events) -> None:
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        add(events, a_waiting_record(key="asked", lookup=lookup))
        assert open_keys(events) == ["asked"]

    def test_returns_nothing_that_is_final_waits_for_news_or_is_a_bare_lock(
        self, events: Events
    ) -> None:
        add(events, done("final", NOW))
        add(events, a_waiting_record(key="waiting"))
        add(events, due("lock", NOW).without_content(now=NOW))
        assert open_keys(events) == []

    def test_returns_nothing_of_other_tenants(self, events: Events) -> None:
        add(events, due("mine", NOW + SECOND))
        add(events, due("theirs", NOW, tenant_id="other-winery"))
        add(events, due("theirs too", NOW + 2 * SECOND, tenant_id="other-winery"))
        assert open_keys(events) == ["mine"]
        assert open_keys(events, after=Cursor(NOW, "theirs")) == ["mine"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def test_goes_on_where_it_stopped_even_among_equal_times(
        self, events: Events, limit: int
    ) -> None:
        times = [NOW, NOW, NOW, NOW + SECOND, NOW + SECOND, NOW + SECOND, NOW + 2 * SECOND]
        for key, at in zip("gfedcba", times, strict=True):
            add(events, due(key, at))
        assert walk(events, limit=limit) == ["e", "f", "g", "b", "c", "d", "a"]

    def test_goes_on_from_a_time_of_any_zone(self, events: Events) -> None:
        for key, at in (("a", NOW - SECOND), ("b", NOW), ("c", NOW + SECOND)):
            add(events, due(key, at.astimezone(KIRITIMATI)))
        assert walk(events, limit=1) == ["a", "b", "c"]

    def test_goes_on_after_returned_records_have_ended(self, events: Events) -> None:
        for key in "abc":
            add(events, due(key, NOW))
        (first,) = events.open(TENANT, after=None, limit=1)
        assert events.replace(first, first.record.given_up(Reason("over"), now=NOW))
        assert open_keys(events, after=place(first)) == ["b", "c"]


def longest(events: Events) -> str | None:
    stored = events.longest_queued(TENANT)
    return stored.record.key if stored else None


def under_way(key: str, since: datetime, **changes: object) -> EventRecord:
    delivery = a_delivery(queued_at=since)
    return replace(a_record(key=key, deliveries={Role.PRIMARY: delivery}), **changes)  # type: ignore[arg-type]


class TestLongestQueued:
    def test_is_the_record_that_is_longest_under_way(self, events: Events) -> None:
        assert longest(events) is None
        for key, at in (("b", NOW), ("a", (NOW - SECOND).astimezone(KIRITIMATI)), ("c", NOW)):
            add(events, under_way(key, at))
        assert longest(events) == "a"

    def test_is_nothing_that_is_parked_final_asked_about_cleared_or_others(
        self, events: Events
    ) -> None:
        held = a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN)
        add(events, a_record(key="held", deliveries={Role.PRIMARY: held}))
        add(events, done("final", NOW))
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        add(events, a_waiting_record(key="asked", lookup=lookup))
        add(events, under_way("cleared", NOW).without_content(now=NOW))
        add(events, under_way("theirs", NOW, tenant_id="other-winery"))
        assert longest(events) is None

    def test_is_told_by_the_delivery_that_is_under_way(self, events: Events) -> None:
        held = a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN)
        both = {Role.PRIMARY: held, Role.SECONDARY: a_delivery(queued_at=NOW - SECOND)}
        add(events, a_record(key="half", deliveries=both))
        assert longest(events) == "half"

    def test_is_the_next_record_once_the_first_has_ended(self, events: Events) -> None:
        add(events, under_way("second", NOW))
        first = add(events, under_way("first", NOW - SECOND))
        assert events.replace(first, first.record.given_up(Reason("over"), now=NOW))
        assert longest(events) == "second"


def idle_keys(events: Events, *, before: datetime = NOW, limit: int = 9) -> list[str]:
    found = events.idle(TENANT, received_before=before, limit=limit)
    return [each.record.key for each in found]


class TestIdle:
    def test_returns_older_records_oldest_first_up_to_the_limit(self, events: Events) -> None:
        for key, at in (("old", NOW - SECOND), ("older", NOW - 2 * SECOND), ("new", NOW)):
            add(events, done(key, at))
        assert idle_keys(events) == ["older", "old"]
        assert idle_keys(events, limit=1) == ["older"]

    def test_skips_due_records_beyond_the_limit_too(self, events: Events) -> None:
        for key in "abc":
            add(events, due(key, NOW, received_at=NOW - 3 * SECOND))
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        add(events, a_waiting_record(key="d", lookup=lookup, received_at=NOW - 2 * SECOND))
        add(events, a_waiting_record(key="idle", received_at=NOW - SECOND))
        assert idle_keys(events, limit=1) == ["idle"]

    def test_returns_neither_locks_nor_other_tenants_records(self, events: Events) -> None:
        add(events, done("lock", NOW - SECOND).without_content(now=NOW))
        add(events, done("theirs", NOW - SECOND, tenant_id="other-winery"))
        assert idle_keys(events) == []

    def test_returns_by_what_a_change_is_noticed(self, events: Events) -> None:
        add(events, done("old", NOW - SECOND))
        (stored,) = events.idle(TENANT, received_before=NOW, limit=9)
        assert events.replace(stored, stored.record.without_content(now=NOW)) is not None
        assert idle_keys(events) == []

    def test_reads_times_of_any_zone(self, events: Events) -> None:
        add(events, done("old", (NOW - SECOND).astimezone(KIRITIMATI)))
        assert idle_keys(events, before=NOW.astimezone(timezone(timedelta(hours=-7)))) == ["old"]


class TestDropExpired:
    def test_deletes_expired_locks_of_every_tenant(self, events: Events) -> None:
        for tenant_id in (TENANT, "other-winery"):
            add(events, done("lock", NOW, tenant_id=tenant_id).without_content(now=NOW))

        assert events.drop_expired(now=OVER - SECOND, limit=9) == 0
        assert events.find(TENANT, "lock") is not None
        assert events.drop_expired(now=OVER, limit=9) == 2
        assert events.find(TENANT, "lock") is None

    def test_deletes_up_to_the_limit(self, events: Events) -> None:
        for key in "abc":
            add(events, done(key, NOW).without_content(now=NOW))
        assert [events.drop_expired(now=OVER, limit=2) for _ in range(3)] == [2, 1, 0]

    def test_keeps_log_rows_of_any_age(self, events: Events) -> None:
        for record in (done("final", NOW), due("due", NOW), a_waiting_record(key="waiting")):
            add(events, record)
        assert events.drop_expired(now=NOW + timedelta(days=3650), limit=9) == 0

    @pytest.mark.parametrize("changes", [{"is_test": True}, {"name": EventName.PAGE_VIEW}])
    def test_deletes_sooner_what_nobody_tells_of_again(
        self, events: Events, changes: dict[str, Any]
    ) -> None:
        add(events, done("a", NOW, **changes).without_content(now=NOW))
        assert events.drop_expired(now=NOW + EVENT_WINDOW - SECOND, limit=9) == 0
        assert events.drop_expired(now=NOW + EVENT_WINDOW, limit=9) == 1

    def test_keeps_a_lock_with_a_pending_look_up(self, events: Events) -> None:
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        add(events, replace(done("a", NOW).without_content(now=NOW), lookup=lookup))
        assert events.drop_expired(now=OVER, limit=9) == 0

    def test_follows_a_change_either_way(self, events: Events) -> None:
        stored = add(events, done("a", NOW))
        lock = events.replace(stored, stored.record.without_content(now=NOW))
        assert lock is not None
        back = events.replace(lock, done("a", NOW))
        assert back is not None
        assert events.drop_expired(now=OVER, limit=9) == 0
        assert events.replace(back, back.record.without_content(now=OVER)) is not None
        assert events.drop_expired(now=OVER, limit=9) == 1

"""What every store of events must return for views of its log. Runs on each engine."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from service.ports import Cursor, Events, Stored
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record

SECOND = timedelta(seconds=1)
EVERYTHING = LogView(show=Show.ALL)


def add(events: Events, *records: EventRecord) -> None:
    for record in records:
        assert events.add(record)


def failed() -> dict[str, Any]:
    delivery = closed(a_delivery(), status=DeliveryStatus.ERROR, reason=Reason("refused"), now=NOW)
    return {"deliveries": {Role.PRIMARY: delivery}}


def keys(
    events: Events, view: LogView = EVERYTHING, *, after: Cursor | None = None, limit: int = 99
) -> list[str]:
    return [stored.record.key for stored in events.page(TENANT, view, after=after, limit=limit)]


def place(stored: Stored) -> Cursor:
    return Cursor(stored.record.received_at, stored.record.key)


def walk(events: Events, view: LogView, *, limit: int, meanwhile: Callable[[], None]) -> list[str]:
    """Return the keys of all rows, read in pages of `limit`."""
    found: list[str] = []
    after: Cursor | None = None
    while batch := events.page(TENANT, view, after=after, limit=limit):
        assert len(batch) <= limit
        found += [stored.record.key for stored in batch]
        after = place(batch[-1])
        meanwhile()
    return found


def variety() -> list[EventRecord]:
    """Return one row for each value that a view can filter by."""
    kinds = product(
        (EventName.PURCHASE, EventName.LEAD, EventName.PAGE_VIEW),
        (None, Channel.POS, Channel.WEB),
        ({}, failed()),
        (False, True),
    )
    return [
        a_record(
            key=f"{number:02}",
            name=name,
            channel=channel,
            is_test=is_test,
            received_at=NOW + number * SECOND,
            object_id=f"object-{number % 5}",
            event_id=f"c7-order-{number % 9}",
            object_number=f"{1000 + number % 7}",
            **status,
        )
        for number, (name, channel, status, is_test) in enumerate(kinds)
    ]


VIEWS = [
    LogView(show=show, event=event, status=status, channel=channel)
    for show, event, status, channel in product(
        Show, (None, EventName.LEAD), (None, Status.ERROR), (None, Channel.POS)
    )
] + [
    LogView(show=Show.ALL, object="object-3"),
    LogView(show=Show.ALL, object="1002"),
    LogView(show=Show.CONVERSIONS, object="1002", status=Status.ERROR),
    LogView(show=Show.ALL, object="nothing"),
    LogView(show=Show.ALL, object="c7-order-7"),
    LogView(show=Show.ALL, since=NOW + 9 * SECOND),
    LogView(show=Show.ALL, until=NOW + 9 * SECOND),
    LogView(show=Show.WEBSITE, since=NOW + 5 * SECOND, until=NOW + 30 * SECOND),
    LogView(show=Show.ALL, object="1002", since=NOW + 9 * SECOND),
]


class TestAPage:
    def test_shows_the_rows_of_its_view_newest_first(self, events: Events) -> None:
        records = variety()
        add(events, *records)
        for view in VIEWS:
            wanted = [record.key for record in reversed(records) if view.shows(record)]
            assert keys(events, view) == wanted, view

    @pytest.mark.parametrize("limit", [1, 4, 11])
    def test_goes_on_where_the_last_one_ended_whatever_arrives(
        self, events: Events, limit: int
    ) -> None:
        records = variety()
        add(events, *records)
        view = LogView(show=Show.CONVERSIONS, status=Status.ERROR)
        newer = iter(range(100))

        def something_arrives() -> None:
            at = NOW + timedelta(hours=1)
            add(events, a_record(key=f"new-{next(newer)}", received_at=at, **failed()))

        found = walk(events, view, limit=limit, meanwhile=something_arrives)
        assert found == [record.key for record in reversed(records) if view.shows(record)]

    def test_orders_rows_of_the_same_moment(self, events: Events) -> None:
        add(events, *(a_record(key=key) for key in "bdaec"))
        assert walk(events, EVERYTHING, limit=2, meanwhile=lambda: None) == list("edcba")

    def test_has_no_row_that_is_cleared_or_another_tenants(self, events: Events) -> None:
        add(events, a_record(key="mine"), a_record(key="theirs", tenant_id="other-winery"))
        add(events, a_waiting_record(key="lock").without_content(now=NOW))
        assert keys(events) == ["mine"]
        assert keys(events, LogView(object="2101")) == ["mine"]

    def test_follows_a_row_that_changes(self, events: Events) -> None:
        stored = events.add(a_record())
        assert stored
        view = LogView(status=Status.ERROR)
        assert keys(events, view) == []
        assert events.replace(stored, replace(stored.record, **failed()))
        assert keys(events, view) == [stored.record.key]


class TestCountIn:
    @pytest.mark.parametrize("view", VIEWS)
    def test_counts_the_rows_of_a_page(self, events: Events, view: LogView) -> None:
        records = variety()
        add(events, *records, a_record(key="theirs", tenant_id="other-winery"))
        assert events.count_in(TENANT, view) == len([each for each in records if view.shows(each)])

    def test_ends_where_it_is_told_to(self, events: Events) -> None:
        add(events, *variety())
        for view in (LogView(), LogView(show=Show.ALL, object="1002")):
            number = events.count_in(TENANT, view)
            assert number > 2
            counted = [events.count_in(TENANT, view, most=most) for most in (2, number, 99)]
            assert counted == [2, number, number]

    @pytest.mark.parametrize("view", VIEWS)
    def test_by_status_counts_the_rows_of_each(self, events: Events, view: LogView) -> None:
        add(events, *variety(), a_record(key="theirs", tenant_id="other-winery"))
        numbers = {
            status: events.count_in(TENANT, replace(view, status=status)) for status in Status
        }
        shown = {status: number for status, number in numbers.items() if number}
        assert events.count(TENANT, view) == shown
        assert events.count(TENANT, view, most=1) == dict.fromkeys(shown, 1)

    def test_leaves_out_what_is_cleared(self, events: Events) -> None:
        add(events, *variety()[:3])
        (first, *_) = events.page(TENANT, EVERYTHING, after=None, limit=9)
        assert events.replace(first, first.record.without_content(now=NOW))
        assert events.count_in(TENANT, EVERYTHING) == 2


class TestTheLastChange:
    def test_is_none_of_an_empty_log(self, events: Events) -> None:
        add(events, a_record(tenant_id="other-winery"))
        assert events.last_change(TENANT) is None

    def test_is_another_after_every_change(self, events: Events) -> None:
        marks = []
        stored = events.add(a_record())
        assert stored
        for seconds in range(4):
            marks.append(events.last_change(TENANT))
            changed = replace(stored.record, updated_at=NOW + seconds * SECOND)
            stored = events.replace(stored, changed)
            assert stored
        add(events, a_record(key="another", updated_at=NOW + timedelta(hours=1)))
        marks.append(events.last_change(TENANT))
        assert len({*marks}) == 5

    def test_is_also_one_that_was_decided_before_another(self, events: Events) -> None:
        slow = events.add(a_record())
        assert slow
        add(events, a_record(key="another", updated_at=NOW + timedelta(hours=1)))
        before = events.last_change(TENANT)
        assert events.replace(slow, replace(slow.record, updated_at=NOW + SECOND))
        assert events.last_change(TENANT) != before
        before = events.last_change(TENANT)
        add(events, a_record(key="late", updated_at=NOW))
        assert events.last_change(TENANT) != before

    def test_is_also_that_a_row_was_cleared(self, events: Events) -> None:
        stored = events.add(a_record())
        assert stored
        before = events.last_change(TENANT)
        events.replace(stored, stored.record.without_content(now=NOW + SECOND))
        assert events.last_change(TENANT) != before

    def test_is_the_same_while_nothing_happens(self, events: Events) -> None:
        add(events, a_record())
        assert events.last_change(TENANT) == events.last_change(TENANT)

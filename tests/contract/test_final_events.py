"""In which order every store of events tells what counts in a winery's figures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from service.ports import Events, Stored
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record

LATER = NOW + timedelta(days=9999)
"""So late that no store leaves the last moments out."""

SENT = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)


def queued(key: str) -> EventRecord:
    return a_record(key=key)


def sent(record: EventRecord) -> EventRecord:
    return replace(record, deliveries={Role.PRIMARY: SENT})


def write(events: Events, record: EventRecord, over: Stored | None = None) -> Stored:
    stored = events.replace(over, record) if over else events.add(record)
    assert stored
    return stored


def found(events: Events, *, after: str | None = None, limit: int = 99) -> list[str]:
    page = events.final(TENANT, after=after, now=LATER, limit=limit)
    return [each.record.key for each in page if each.record]


class TestAFinalRecord:
    def test_stands_where_it_became_final_and_stays_there(self, events: Events) -> None:
        one, two = write(events, queued("1")), write(events, queued("2"))
        assert found(events) == []
        two = write(events, sent(two.record), two)
        one = write(events, sent(one.record), one)
        assert found(events) == ["2", "1"]
        write(events, replace(two.record, updated_at=NOW + timedelta(hours=1)), two)
        assert found(events) == ["2", "1"]
        assert found(events, limit=1) == ["2"]

    def test_is_one_that_was_written_so_at_once(self, events: Events) -> None:
        write(events, sent(queued("sent")))
        write(events, a_waiting_record(key="waiting"))
        skipped = a_waiting_record(key="not", state=Status.SKIPPED, reason=Reason.FRAUD)
        write(events, skipped)
        write(events, replace(sent(queued("test")), is_test=True))
        write(events, replace(sent(queued("another's")), tenant_id="other-winery"))
        assert found(events) == ["sent", "not"]

    def test_moves_when_it_counts_as_something_else(self, events: Events) -> None:
        skipped = a_waiting_record(key="1", state=Status.SKIPPED, reason=Reason.FRAUD)
        first = write(events, skipped)
        write(events, sent(queued("2")))
        again = write(events, queued("1"), first)
        assert found(events) == ["2"]
        write(events, sent(again.record), again)
        assert found(events) == ["2", "1"]

    def test_goes_when_it_is_cleared(self, events: Events) -> None:
        stored = write(events, sent(queued("1")))
        write(events, stored.record.without_content(now=NOW), stored)
        assert found(events) == []

    def test_is_found_behind_a_mark_once(self, events: Events) -> None:
        for number in range(7):
            write(events, sent(queued(str(number))))
        seen: list[str] = []
        mark: str | None = None
        while page := events.final(TENANT, after=mark, now=LATER, limit=3):
            seen += [each.record.key for each in page if each.record]
            mark = page[-1].mark
        assert seen == [str(number) for number in range(7)]

    def test_never_comes_before_one_that_was_seen(self, events: Events) -> None:
        """Even if many write at once, and the last ones were dropped since."""
        stored = [write(events, queued(f"{number:02}")) for number in range(16)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda each: write(events, sent(each.record), each), stored[:8]))
        first = events.final(TENANT, after=None, now=LATER, limit=99)
        old = replace(sent(queued("old")), received_at=NOW - timedelta(days=999))
        last = write(events, old)
        write(events, last.record.without_content(now=NOW), last)
        events.drop_expired(now=NOW, limit=9)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda each: write(events, sent(each.record), each), stored[8:]))
        behind = found(events, after=first[-1].mark)
        assert sorted(behind) == [f"{number:02}" for number in range(8, 16)]

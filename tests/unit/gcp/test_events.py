"""The event log in Firestore: the fields beside the record, and simultaneous writes."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from google.cloud import firestore

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.ports import Stored
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record

MANY = 20
LATER = NOW + timedelta(days=1)
SENT = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)


@pytest.fixture
def events(firestore_client: firestore.Client) -> FirestoreEvents:
    return FirestoreEvents(FirestoreDocuments(firestore_client, new_id=lambda: uuid4().hex))


@pytest.fixture
def processes(firestore_client: firestore.Client) -> list[FirestoreEvents]:
    """Return several event logs on one database, each with its own connection."""
    clients = [firestore.Client(project=firestore_client.project) for _ in range(MANY)]
    return [
        FirestoreEvents(FirestoreDocuments(each, new_id=lambda: uuid4().hex)) for each in clients
    ]


def beside(client: firestore.Client, record: EventRecord) -> dict[str, Any]:
    """Return the stored fields other than the record and its nonce."""
    fields = client.document("tenants", record.tenant_id, "events", record.key).get().to_dict()
    assert fields is not None
    assert msgspec.json.decode(fields["doc"], type=EventRecord) == record
    assert isinstance(fields["updated_at"], datetime), "Firestore's own time"
    unasked = {"doc", "nonce", "updated_at"}
    return {name: value for name, value in fields.items() if name not in unasked}


def a_due_record(**changes: Any) -> EventRecord:
    return a_record(deliveries={Role.PRIMARY: a_delivery(due_at=NOW)}, **changes)


# The fields that the log's queries use.
IN_LOG = {
    "received_at": NOW,
    "family": "conversion",
    "event": "Purchase",
    "channel": "Web",
    "objects": ["1", "2101", "c7-order-1"],
}


class TestARecordOfANewerVersion:
    NEWER = (
        ("a name that we do not know", {"name": "Teleport"}),
        ("a status that we do not know", {"state": "pondering"}),
        ("a field of another type", {"deliveries": [1, 2]}),
        ("a field that is gone", {"event_id": None}),
    )

    @pytest.fixture(params=[newer for _, newer in NEWER], ids=[why for why, _ in NEWER])
    def beside_a_newer(
        self,
        request: pytest.FixtureRequest,
        events: FirestoreEvents,
        firestore_client: firestore.Client,
    ) -> EventRecord:
        """Return a readable record in a log where a newer release's record comes first."""
        delivery = a_delivery(status=DeliveryStatus.HELD, due_at=NOW)
        ours = a_record(key="ours", deliveries={Role.PRIMARY: delivery})
        events.add(ours)
        newer = json.loads(msgspec.json.encode(ours)) | {"key": "newer"} | request.param
        firestore_client.document("tenants", TENANT, "events", "newer").set(
            {
                "doc": json.dumps(newer),
                "status": "held",
                "due_at": NOW - timedelta(hours=1),
                "received_at": NOW + timedelta(hours=1),
            }
        )
        return ours

    def test_does_not_stop_the_sweep(
        self, events: FirestoreEvents, beside_a_newer: EventRecord
    ) -> None:
        assert [each.record for each in events.due(now=LATER, limit=9)] == [beside_a_newer]

    def test_does_not_stop_the_log(
        self, events: FirestoreEvents, beside_a_newer: EventRecord
    ) -> None:
        assert [each.record for each in events.newest(TENANT, limit=9)] == [beside_a_newer]

    def test_does_not_stop_what_is_open(
        self, events: FirestoreEvents, beside_a_newer: EventRecord
    ) -> None:
        assert [each.record for each in events.open(TENANT, after=None, limit=9)] == [
            beside_a_newer
        ]

    def test_is_left_as_it_is(
        self,
        events: FirestoreEvents,
        firestore_client: firestore.Client,
        beside_a_newer: EventRecord,
    ) -> None:
        there = firestore_client.document("tenants", TENANT, "events", "newer")
        before = there.get().to_dict()
        events.due(now=LATER, limit=9)
        assert events.add(replace(beside_a_newer, key="newer")) is None
        assert there.get().to_dict() == before


class TestBesideTheRecord:
    def test_stands_what_the_log_and_the_sweep_ask_for(
        self, events: FirestoreEvents, firestore_client: firestore.Client
    ) -> None:
        record = a_due_record()
        events.add(record)
        assert beside(firestore_client, record) == {
            **IN_LOG,
            "status": "queued",
            "queued_since": NOW,
            "due_at": NOW,
        }

    @pytest.mark.parametrize(
        ("record", "shown"),
        [
            (a_record(deliveries={Role.PRIMARY: SENT}), "sent"),
            (a_waiting_record(), "waiting"),
        ],
    )
    @pytest.mark.parametrize("was_due", [False, True])
    def test_stands_no_due_time_where_nothing_is_due(
        self,
        events: FirestoreEvents,
        firestore_client: firestore.Client,
        record: EventRecord,
        shown: str,
        *,
        was_due: bool,
    ) -> None:
        self._write(events, record, was_due=was_due)
        stored = beside(firestore_client, record)
        # What is final has the time of its writing, by which it is counted.
        assert isinstance(stored.pop("final_at", None), datetime) is (shown == "sent")
        assert stored == {**IN_LOG, "status": shown}
        assert not events.due(now=LATER, limit=9)

    @pytest.mark.parametrize("was_due", [False, True])
    def test_of_a_bare_lock_stands_only_when_it_is_dropped(
        self, events: FirestoreEvents, firestore_client: firestore.Client, *, was_due: bool
    ) -> None:
        lock = a_due_record().without_content(now=NOW)
        self._write(events, lock, was_due=was_due)
        assert beside(firestore_client, lock) == {
            "status": "skipped",
            "expires_at": lock.expires_at,
        }
        assert not events.due(now=LATER, limit=9)
        assert not events.newest(TENANT, limit=9)

    def _write(self, events: FirestoreEvents, record: EventRecord, *, was_due: bool) -> None:
        """Write the record: as a new one, or over one that was due."""
        stored = events.add(a_due_record() if was_due else record)
        assert stored is not None
        if was_due:
            assert events.replace(stored, record) is not None


class TestOfManyAtOnce:
    def all_at_once(
        self, processes: list[FirestoreEvents], records: list[EventRecord], stored: Stored | None
    ) -> list[Stored | None]:
        together = Barrier(MANY)

        def write(events: FirestoreEvents, record: EventRecord) -> Stored | None:
            events.find(TENANT, "warm up: the connection is there")
            together.wait(timeout=30)
            return events.replace(stored, record) if stored else events.add(record)

        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(write, processes, records))

    def test_one_adds(self, events: FirestoreEvents, processes: list[FirestoreEvents]) -> None:
        records = [a_record(event_id=f"from-{number}") for number in range(MANY)]
        won = [each for each in self.all_at_once(processes, records, None) if each]
        assert len(won) == 1
        assert events.find(TENANT, records[0].key) == won[0]

    def test_one_replaces(self, events: FirestoreEvents, processes: list[FirestoreEvents]) -> None:
        stored = events.add(a_record())
        assert stored is not None
        records = [replace(stored.record, event_id=f"from-{number}") for number in range(MANY)]
        won = [each for each in self.all_at_once(processes, records, stored) if each]
        assert len(won) == 1
        assert events.find(TENANT, stored.record.key) == won[0]
        assert events.replace(won[0], stored.record) is not None

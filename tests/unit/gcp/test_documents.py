"""`FirestoreDocuments` over Google's emulator, with lost calls and answers."""

import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import grpc
import pytest
from google.cloud import firestore
from google.cloud.firestore_v1.types import CommitRequest

from service.gcp.document_store import Replacement
from service.gcp.documents import PATIENCE_SECONDS, TIMEOUT_SECONDS, FirestoreDocuments
from service.gcp.queries import UP, Query
from service.ports import StoreUnavailableError
from tests.builders import TENANT, Ids
from tests.ports import free_port
from tests.unit.gcp.firestore_between import Between, Fault, client_of

PATH = ("tenants", TENANT, "events", "key")
ALL = Query(collection=PATH[:-1], order=(("n", UP),))
LOST = Fault(grpc.StatusCode.UNAVAILABLE, is_done=True)
NEVER_ARRIVED = Fault(grpc.StatusCode.UNAVAILABLE)
BUSY = Fault(grpc.StatusCode.ABORTED)
OURS = "id-1"
"""The nonce that a new store draws first."""


CHANGE = Replacement(path=PATH, fields={"n": 1}, revision="1.0")
EVERY_CALL: dict[str, Callable[[FirestoreDocuments], object]] = {
    "get": lambda documents: documents.get(PATH),
    "create": lambda documents: documents.create(PATH, {"n": 1}),
    "replace": lambda documents: documents.replace(PATH, {"n": 1}, revision="1.0"),
    "replace_all": lambda documents: documents.replace_all([CHANGE]),
    "merge": lambda documents: documents.merge(PATH, {"n": 1}),
    "delete": lambda documents: documents.delete([PATH]),
    "find": lambda documents: documents.find(ALL),
    "count": lambda documents: documents.count(ALL),
}


def written(client: firestore.Client, **fields: object) -> str:
    """Write the document without our code, and return its revision."""
    at = client.document(*PATH).set(fields).update_time.timestamp_pb()
    return f"{at.seconds}.{at.nanos}"


def there_now(client: firestore.Client) -> dict[str, object] | None:
    found: dict[str, object] | None = client.document(*PATH).get().to_dict()
    return found


class TestCreate:
    def test_writes_what_is_not_none_and_returns_the_revision_that_get_finds(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        revision = documents.create(PATH, {"n": 1, "due_at": None})
        found = documents.get(PATH)
        assert found is not None
        assert (found.path, found.revision) == (PATH, revision)
        assert there_now(firestore_client) == {"n": 1, "nonce": OURS}

    def test_that_meets_its_own_write_is_success(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        revision = written(firestore_client, n=1, nonce=OURS)
        assert documents.create(PATH, {"n": 1}) == revision
        assert documents.replace(PATH, {"n": 2}, revision=revision) is not None

    @pytest.mark.parametrize("fields", [{"n": 9, "nonce": "theirs"}, {"n": 9}])
    def test_that_meets_another_write_leaves_it_alone(
        self,
        documents: FirestoreDocuments,
        firestore_client: firestore.Client,
        fields: dict[str, object],
    ) -> None:
        written(firestore_client, **fields)
        assert documents.create(PATH, {"n": 1}) is None
        assert there_now(firestore_client) == fields


class TestReplace:
    def test_writes_these_fields_removes_those_that_are_none_and_leaves_the_others(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        revision = written(firestore_client, n=1, due_at=5, other="stays")
        after = documents.replace(PATH, {"n": 2, "due_at": None}, revision=revision)
        found = documents.get(PATH)
        assert found is not None
        assert found.revision == after != revision
        assert there_now(firestore_client) == {"n": 2, "other": "stays", "nonce": OURS}

    def test_that_meets_its_own_write_is_success(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        before = written(firestore_client, n=1)
        revision = written(firestore_client, n=2, nonce=OURS)
        assert documents.replace(PATH, {"n": 2}, revision=before) == revision
        assert documents.replace(PATH, {"n": 3}, revision=revision) is not None

    def test_that_meets_another_write_leaves_it_alone(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        before = written(firestore_client, n=1)
        written(firestore_client, n=9, nonce="theirs")
        assert documents.replace(PATH, {"n": 2}, revision=before) is None
        assert there_now(firestore_client) == {"n": 9, "nonce": "theirs"}

    def test_of_what_is_gone_does_not_bring_it_back(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        revision = written(firestore_client, n=1)
        documents.delete([PATH])
        assert documents.replace(PATH, {"n": 2}, revision=revision) is None
        assert there_now(firestore_client) is None

    @pytest.mark.parametrize(
        "code", [grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION]
    )
    def test_of_what_is_gone_is_no_outage_whichever_way_it_is_said(
        self, far: FirestoreDocuments, there: tuple[Between, str], code: grpc.StatusCode
    ) -> None:
        there[0].faults = [Fault(code)]
        assert far.replace(PATH, {"n": 2}, revision="1.0") is None


class TestAnAnswer:
    @pytest.mark.parametrize("faults", [[LOST], [NEVER_ARRIVED, LOST], [BUSY, BUSY, LOST]])
    def test_of_create_that_is_lost_is_found_again(
        self,
        far: FirestoreDocuments,
        documents: FirestoreDocuments,
        there: tuple[Between, str],
        faults: list[Fault],
    ) -> None:
        there[0].faults = list(faults)
        revision = far.create(PATH, {"n": 1})
        found = documents.get(PATH)
        assert found is not None
        assert found.revision == revision
        assert there[0].names() == [*["Commit"] * (len(faults) + 1), "BatchGetDocuments"]

    def test_of_replace_that_is_lost_is_found_again(
        self,
        far: FirestoreDocuments,
        documents: FirestoreDocuments,
        firestore_client: firestore.Client,
        there: tuple[Between, str],
    ) -> None:
        before = written(firestore_client, n=1)
        there[0].faults = [LOST]
        revision = far.replace(PATH, {"n": 2}, revision=before)
        found = documents.get(PATH)
        assert found is not None
        assert found.revision == revision
        assert found.fields["n"] == 2
        assert there[0].names() == ["Commit", "Commit", "BatchGetDocuments"]

    def test_that_is_lost_is_no_success_after_another_write(
        self,
        far: FirestoreDocuments,
        firestore_client: firestore.Client,
        there: tuple[Between, str],
    ) -> None:
        written(firestore_client, n=9, nonce="theirs")
        there[0].faults = [NEVER_ARRIVED]
        assert far.create(PATH, {"n": 1}) is None
        assert there_now(firestore_client) == {"n": 9, "nonce": "theirs"}

    @pytest.mark.parametrize(
        "code",
        [
            grpc.StatusCode.PERMISSION_DENIED,
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            grpc.StatusCode.INTERNAL,
            grpc.StatusCode.DEADLINE_EXCEEDED,
        ],
    )
    @pytest.mark.parametrize("call", EVERY_CALL)
    def test_that_refuses_raises_store_unavailable_after_one_call(
        self,
        far: FirestoreDocuments,
        there: tuple[Between, str],
        call: str,
        code: grpc.StatusCode,
    ) -> None:
        there[0].faults = [Fault(code)]
        with pytest.raises(StoreUnavailableError):
            EVERY_CALL[call](far)
        assert len(there[0].calls) == 1

    @pytest.mark.parametrize("call", ["get", "merge", "delete", "find", "count"])
    def test_that_is_lost_is_asked_for_again(
        self,
        far: FirestoreDocuments,
        firestore_client: firestore.Client,
        there: tuple[Between, str],
        call: str,
    ) -> None:
        written(firestore_client, n=1)
        there[0].faults = [LOST, NEVER_ARRIVED]
        EVERY_CALL[call](far)
        assert len(there[0].calls) == 3


@pytest.mark.thorough
def test_a_store_that_is_dead_or_silent_fails_within_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        addresses = [f"127.0.0.1:{free_port()}", f"127.0.0.1:{silent.getsockname()[1]}"]
        stores = [
            FirestoreDocuments(client_of("nowhere", each, monkeypatch), new_id=Ids())
            for each in addresses
        ]
        asked = [(store, call) for store in stores for call in EVERY_CALL.values()]

        def patience(
            store: FirestoreDocuments, call: Callable[[FirestoreDocuments], object]
        ) -> float:
            began = monotonic()
            with pytest.raises(StoreUnavailableError):
                call(store)
            return monotonic() - began

        with ThreadPoolExecutor(len(asked)) as pool:
            waited = list(pool.map(lambda each: patience(*each), asked))
    assert max(waited) < PATIENCE_SECONDS + TIMEOUT_SECONDS


class TestOperations:
    def test_are_counted_as_they_are_billed(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        def cost(call: Callable[[], object]) -> Counter[str]:
            documents.operations.clear()
            call()
            return +documents.operations

        assert cost(lambda: documents.get(PATH)) == {"reads": 1}
        assert cost(lambda: documents.find(ALL)) == {"reads": 1}
        assert cost(lambda: documents.count(ALL)) == {"reads": 1}
        assert cost(lambda: documents.create(PATH, {"n": 1})) == {"writes": 1}
        assert cost(lambda: documents.create(PATH, {"n": 1})) == {"writes": 1, "reads": 1}
        assert cost(lambda: documents.merge(PATH, {"n": 2})) == {"writes": 1}
        revision = written(firestore_client, n=3)
        replaced = {"n": 4}
        assert cost(lambda: documents.replace(PATH, replaced, revision=revision)) == {"writes": 1}
        for name in ("b", "c"):
            documents.create((*PATH[:-1], name), {"n": 5})
        assert cost(lambda: documents.find(ALL)) == {"reads": 3}
        assert cost(lambda: documents.delete([PATH, (*PATH[:-1], "b")])) == {"deletes": 2}


class TestDelete:
    @pytest.mark.parametrize(
        ("number", "batches"), [(0, []), (300, [300]), (301, [300, 1]), (700, [300, 300, 100])]
    )
    def test_takes_many_in_batches(
        self, far: FirestoreDocuments, there: tuple[Between, str], number: int, batches: list[int]
    ) -> None:
        far.delete([(*PATH[:-1], f"key-{n}") for n in range(number)])
        commits = [CommitRequest.deserialize(body) for _, body in there[0].calls]
        assert [len(each.writes) for each in commits] == batches
        deleted = {write.delete.rpartition("/")[2] for each in commits for write in each.writes}
        assert deleted == {f"key-{n}" for n in range(number)}
        assert far.operations["deletes"] == number

    def test_leaves_the_others(
        self, documents: FirestoreDocuments, firestore_client: firestore.Client
    ) -> None:
        written(firestore_client, n=1)
        for name in ("b", "c"):
            documents.create((*PATH[:-1], name), {"n": 2})
        documents.delete([PATH, (*PATH[:-1], "b"), (*PATH[:-1], "never-was")])
        assert [each.path[-1] for each in documents.find(ALL)] == ["c"]

"""Many changes in one call of Firestore, with lost calls and answers."""

import grpc
import pytest
from google.cloud.firestore_v1.types import BatchWriteRequest, BatchWriteResponse

from service.gcp.document_store import Path, Replacement
from service.gcp.documents import FirestoreDocuments
from service.ports import StoreUnavailableError
from tests.builders import TENANT
from tests.unit.gcp.firestore_between import Between, Fault

LOST = Fault(grpc.StatusCode.UNAVAILABLE, is_done=True)
NEVER_ARRIVED = Fault(grpc.StatusCode.UNAVAILABLE)


def path_of(number: int) -> Path:
    return ("tenants", TENANT, "events", f"key-{number}")


def told_of(*codes: grpc.StatusCode) -> Fault:
    """Return an answer with these statuses, one for each write."""
    statuses = [{"code": code.value[0]} for code in codes]
    results = [{"update_time": {"seconds": 1}} for _ in codes]
    answer = BatchWriteResponse({"status": statuses, "write_results": results})
    return Fault(grpc.StatusCode.OK, answer=BatchWriteResponse.serialize(answer))


def changes(documents: FirestoreDocuments, number: int) -> list[Replacement]:
    """Create `number` documents, and return a change of each."""
    made = []
    for each in range(number):
        revision = documents.create(path_of(each), {"n": 1, "due_at": 5, "other": "stays"})
        assert revision
        fields = {"n": 2, "due_at": None}
        made.append(Replacement(path=path_of(each), fields=fields, revision=revision))
    return made


class TestManyChanges:
    def test_write_these_fields_remove_those_that_are_none_and_leave_the_others(
        self, documents: FirestoreDocuments
    ) -> None:
        revisions = documents.replace_all(changes(documents, 2))
        for number, revision in enumerate(revisions):
            found = documents.get(path_of(number))
            assert found
            assert found.revision == revision
            fields = {key: value for key, value in found.fields.items() if key != "nonce"}
            assert fields == {"n": 2, "other": "stays"}

    @pytest.mark.parametrize(("number", "batches"), [(0, []), (100, [100]), (250, [100, 100, 50])])
    def test_go_by_the_hundred(
        self,
        documents: FirestoreDocuments,
        far: FirestoreDocuments,
        there: tuple[Between, str],
        number: int,
        batches: list[int],
    ) -> None:
        assert all(far.replace_all(changes(documents, number)))
        calls = [BatchWriteRequest.deserialize(body) for _, body in there[0].calls]
        assert [len(each.writes) for each in calls] == batches
        assert set(there[0].names()) <= {"BatchWrite"}
        assert far.operations == ({"writes": number} if number else {})

    @pytest.mark.parametrize("faults", [[LOST], [NEVER_ARRIVED, LOST]])
    def test_whose_answer_is_lost_are_found_again_in_one_read(
        self,
        documents: FirestoreDocuments,
        far: FirestoreDocuments,
        there: tuple[Between, str],
        faults: list[Fault],
    ) -> None:
        wanted = changes(documents, 3)
        assert documents.replace(path_of(1), {"n": 9}, revision=wanted[1].revision)
        there[0].faults = list(faults)
        first, second, third = far.replace_all(wanted)
        for number, revision in ((0, first), (2, third)):
            found = documents.get(path_of(number))
            assert found
            assert (found.revision, found.fields["n"]) == (revision, 2)
        assert second is None
        tries = ["BatchWrite"] * (len(faults) + 1)
        assert there[0].names() == [*tries, "BatchGetDocuments"]

    def test_of_which_one_was_in_the_way_of_another_are_done_again(
        self, documents: FirestoreDocuments, far: FirestoreDocuments, there: tuple[Between, str]
    ) -> None:
        wanted = changes(documents, 2)
        there[0].faults = [told_of(grpc.StatusCode.OK, grpc.StatusCode.ABORTED)]
        assert all(far.replace_all(wanted))
        assert there[0].names() == ["BatchWrite"] * 2

    def test_of_which_one_is_refused_for_another_reason_are_not_believed_to_be_done(
        self, documents: FirestoreDocuments, far: FirestoreDocuments, there: tuple[Between, str]
    ) -> None:
        wanted = changes(documents, 2)
        there[0].faults = [told_of(grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED)]
        with pytest.raises(StoreUnavailableError):
            far.replace_all(wanted)
        assert there[0].names() == ["BatchWrite"]

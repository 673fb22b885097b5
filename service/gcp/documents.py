"""All access to Firestore: bounded in time, counted, with our own exceptions.

Reference: google-cloud-firestore. Its own time-outs, a minute and more, are too long for a request
that a person waits for. It also retries writes: if the answer to a successful create is lost, the
retry fails with "already exists". So every write stores a nonce, and after a conflict we compare
the stored nonce with ours.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import firestore
from google.cloud.firestore_v1.bulk_batch import BulkWriteBatch
from google.cloud.firestore_v1.types import BatchWriteResponse
from google.protobuf.timestamp_pb2 import Timestamp

from service.gcp.document_store import Fields, Found, Path, Replacement
from service.gcp.queries import ID, Query
from service.ports import StoreUnavailableError

TIMEOUT_SECONDS = 3.0
"""How long one attempt may take."""

PATIENCE_SECONDS = 5.0
"""How long a call may take, with its retries."""

_RETRY = Retry(
    predicate=if_exception_type(exceptions.ServiceUnavailable, exceptions.Aborted),
    initial=0.1,
    maximum=1.0,
    timeout=PATIENCE_SECONDS,
)
_CALL: Mapping[str, Any] = {"retry": _RETRY, "timeout": TIMEOUT_SECONDS}
TIME_OF_WRITING = firestore.SERVER_TIMESTAMP
"""A field's value that Firestore replaces by the time of the write."""

_NONCE = "nonce"
_BATCH = 300
# Firestore takes 500, one after the other: a hundred are done well within one attempt.
_BULK = 100


class FirestoreDocuments:
    """Documents in Firestore. `operations` counts reads, writes and deletes as they are billed."""

    def __init__(self, client: firestore.Client, *, new_id: Callable[[], str]) -> None:
        self._client = client
        self._new_id = new_id
        self.operations: Counter[str] = Counter()

    def get(self, path: Path) -> Found | None:
        """Return the document."""
        with _in_our_words():
            self.operations["reads"] += 1
            snapshot = self._client.document(*path).get(**_CALL)
        return _found(snapshot) if snapshot.exists else None

    def get_all(self, paths: Sequence[Path]) -> list[Found]:
        """Return those of the documents that exist, in any order."""
        if not paths:
            return []
        with _in_our_words():
            self.operations["reads"] += len(paths)
            asked = [self._client.document(*path) for path in paths]
            snapshots = list(self._client.get_all(asked, **_CALL))
        return [_found(snapshot) for snapshot in snapshots if snapshot.exists]

    def create(self, path: Path, fields: Fields) -> str | None:
        """Create the document and return its revision; `None` if it exists already."""
        nonce = self._new_id()
        present = {key: value for key, value in fields.items() if value is not None}
        try:
            with _in_our_words(may_conflict=True):
                self.operations["writes"] += 1
                result = self._client.document(*path).create({**present, _NONCE: nonce}, **_CALL)
        except _ConflictError:
            return self._revision_of_ours(path, nonce)
        return _revision(result)

    def replace(self, path: Path, fields: Fields, *, revision: str) -> str | None:
        """Write these fields and return the new revision; `None` if written since `revision`.

        A field whose value is `None` is deleted.
        """
        nonce = self._new_id()
        since = self._client.write_option(last_update_time=_timestamp(revision))
        changes = {**_changes(fields), _NONCE: nonce}
        try:
            with _in_our_words(may_conflict=True):
                self.operations["writes"] += 1
                result = self._client.document(*path).update(changes, option=since, **_CALL)
        except _ConflictError:
            return self._revision_of_ours(path, nonce)
        return _revision(result)

    def replace_all(self, changes: Sequence[Replacement]) -> list[str | None]:
        """Do `replace` for each of these different documents, each independent of the others.

        Reference: Firestore, `BatchWrite`: every write succeeds or fails by itself.
        """
        return [
            revision
            for start in range(0, len(changes), _BULK)
            for revision in self._replaced(changes[start : start + _BULK])
        ]

    def _replaced(self, changes: Sequence[Replacement]) -> list[str | None]:
        nonce = self._new_id()
        with _in_our_words():
            self.operations["writes"] += len(changes)
            answer = _RETRY(partial(self._bulk_written, changes, nonce))()
        results = zip(changes, answer.status, answer.write_results, strict=True)
        revisions = {
            each.path: None if status.code else _revision(result)
            for each, status, result in results
        }
        refused = [path for path, revision in revisions.items() if revision is None]
        revisions |= self._revisions_of_ours(refused, nonce)
        return list(revisions.values())

    def _bulk_written(self, changes: Sequence[Replacement], nonce: str) -> BatchWriteResponse:
        batch = BulkWriteBatch(self._client)
        for each in changes:
            since = self._client.write_option(last_update_time=_timestamp(each.revision))
            fields = {**_changes(each.fields), _NONCE: nonce}
            batch.update(self._client.document(*each.path), fields, option=since)
        answer = batch.commit(retry=None, timeout=TIMEOUT_SECONDS)
        for each in answer.status:
            _raise_unless_known(each.code)
        return answer

    def merge(self, path: Path, fields: Fields) -> None:
        """Write these fields and leave the others; create the document if there is none."""
        with _in_our_words():
            self.operations["writes"] += 1
            self._client.document(*path).set(_changes(fields), merge=True, **_CALL)

    def remove(self, path: Path, *, revision: str) -> bool:
        """Delete the document unless written since `revision`; return whether it is gone."""
        since = self._client.write_option(last_update_time=_timestamp(revision))
        try:
            with _in_our_words(may_conflict=True):
                self.operations["deletes"] += 1
                self._client.document(*path).delete(option=since, **_CALL)
        except _ConflictError:
            return self.get(path) is None  # perhaps deleted by our own first attempt
        return True

    def delete(self, paths: Sequence[Path]) -> None:
        """Delete the documents, in batches as large as Firestore takes."""
        for start in range(0, len(paths), _BATCH):
            batch = self._client.batch()
            some = paths[start : start + _BATCH]
            for path in some:
                batch.delete(self._client.document(*path))
            with _in_our_words():
                self.operations["deletes"] += len(some)
                batch.commit(**_CALL)

    def find(self, query: Query) -> list[Found]:
        """Return the documents that the query finds."""
        with _in_our_words():
            snapshots = list(self._built(query).stream(**_CALL))
            self.operations["reads"] += max(1, len(snapshots))
        # After a broken stream the client asks for `limit` more, so there may be too many.
        return [_found(snapshot) for snapshot in snapshots[: query.limit]]

    def count(self, query: Query) -> int:
        """Return how many documents the query finds; a thousand index entries cost one read."""
        with _in_our_words():
            self.operations["reads"] += 1
            answer: Any = self._built(query).count().get(**_CALL)
        return int(answer[0][0].value)

    def _built(self, query: Query) -> Any:  # noqa: ANN401 - a collection or a query of the client's
        path = query.collection
        client = self._client
        built: Any = client.collection_group(path[0]) if query.group else client.collection(*path)
        for field, comparison, value in query.where:
            built = built.where(filter=firestore.FieldFilter(field, comparison, value))
        for field, direction in query.order:
            built = built.order_by(field, direction=direction)
        if query.after is not None:
            *values, document_id = query.after
            fields = [field for field, _ in query.order if field != ID]
            place = dict(zip(fields, values, strict=True))
            built = built.start_after({**place, ID: client.document(*path, document_id)})
        if query.only_ids:
            # The ordered fields are needed: the client resumes a broken stream from them.
            built = built.select([field for field, _ in query.order if field != ID])
        return built.limit(query.limit) if query.limit else built

    def _revision_of_ours(self, path: Path, nonce: str) -> str | None:
        """Return the document's revision if the conflict was with our own earlier attempt."""
        there = self.get(path)
        return there.revision if there and there.fields.get(_NONCE) == nonce else None

    def _revisions_of_ours(self, paths: Sequence[Path], nonce: str) -> dict[Path, str | None]:
        """Return the same for each of these paths."""
        found = self.get_all(paths)
        return {each.path: each.revision for each in found if each.fields.get(_NONCE) == nonce}


class _ConflictError(Exception):
    """The document exists already, has changed, or is gone."""


_CONFLICTS = (exceptions.AlreadyExists, exceptions.FailedPrecondition, exceptions.NotFound)


@contextmanager
def _in_our_words(*, may_conflict: bool = False) -> Iterator[None]:
    try:
        yield
    except exceptions.GoogleAPIError as error:
        if may_conflict and isinstance(error, _CONFLICTS):
            raise _ConflictError from error
        raise StoreUnavailableError("Firestore did not answer") from error


def _raise_unless_known(code: int) -> None:
    """Raise the error of one write's status, unless it is a success or a conflict."""
    error = exceptions.from_grpc_status(code, "") if code else None  # type: ignore[no-untyped-call]  # Google's
    if error and not isinstance(error, _CONFLICTS):
        raise error


def _changes(fields: Fields) -> dict[str, Any]:
    return {
        key: firestore.DELETE_FIELD if value is None else value for key, value in fields.items()
    }


def _found(snapshot: Any) -> Found:  # noqa: ANN401 - the client's own type is generic over nothing
    path = tuple(snapshot.reference.path.split("/"))
    return Found(path=path, fields=snapshot.to_dict() or {}, revision=_revision(snapshot))


def _revision(written: Any) -> str:  # noqa: ANN401 - a snapshot, or the result of a write
    at = written.update_time
    # Documents found in a collection group have a bare protobuf Timestamp, all others a datetime.
    bare = at if isinstance(at, Timestamp) else at.timestamp_pb()
    return f"{bare.seconds}.{bare.nanos}"


def _timestamp(revision: str) -> Timestamp:
    seconds, _, nanos = revision.partition(".")
    return Timestamp(seconds=int(seconds), nanos=int(nanos))

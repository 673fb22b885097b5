"""Documents over mock-firestore, as far as it supports them.

It supports paths, `set`, `update`, `delete`, `where`, `order_by` and `limit`. Preconditions compare
the nonce of the last write. Not supported are collection groups, counts, cursors over several
fields, `select`, and documents without an ordered field: a test that needs one of these skips with
that reason.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import RLock
from typing import Any

import pytest
from mockfirestore import MockFirestore

from service.gcp.document_store import Fields, Found, Path, Replacement
from service.gcp.documents import TIME_OF_WRITING
from service.gcp.queries import ID, Query


class MockDocuments:
    """`Documents` in memory, for one test."""

    def __init__(self, *, new_id: Callable[[], str]) -> None:
        self._client = MockFirestore()
        self._new_id = new_id
        self._lock = RLock()

    def get(self, path: Path) -> Found | None:
        snapshot = self._collection(path[:-1]).document(path[-1]).get()
        fields = {key: value for key, value in snapshot.to_dict().items() if key not in _NESTED}
        return Found(path=path, fields=fields, revision=fields["nonce"]) if fields else None

    def get_all(self, paths: Sequence[Path]) -> list[Found]:
        return [found for path in paths if (found := self.get(path))]

    def create(self, path: Path, fields: Fields) -> str | None:
        return self._written(path, fields, revision=None)

    def replace(self, path: Path, fields: Fields, *, revision: str) -> str | None:
        return self._written(path, fields, revision=revision)

    def remove(self, path: Path, *, revision: str) -> bool:
        with self._lock:
            there = self.get(path)
            if there and there.revision == revision:
                self.delete([path])
            return self.get(path) is None

    def _written(self, path: Path, fields: Fields, *, revision: str | None) -> str | None:
        with self._lock:
            there = self.get(path)
            if (there.revision if there else None) != revision:
                return None
            self.merge(path, fields)
            there = self.get(path)
            return there.revision if there else None

    def replace_all(self, changes: Sequence[Replacement]) -> list[str | None]:
        return [self.replace(each.path, each.fields, revision=each.revision) for each in changes]

    def merge(self, path: Path, fields: Fields) -> None:
        document = self._collection(path[:-1]).document(path[-1])
        known = {**document.get().to_dict(), **fields}
        document.set(_present(known) | {"nonce": self._new_id()})

    def delete(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self._collection(path[:-1]).document(path[-1]).delete()

    def find(self, query: Query) -> list[Found]:
        if query.group:
            raise cannot("ask a collection group")
        if query.after:
            raise cannot("start after several fields")
        path = query.collection
        wanted: Any = self._collection(path)
        for field, comparison, value in query.where:
            wanted = wanted.where(field, comparison, value)
        try:
            snapshots = list(wanted.stream())
        except TypeError:
            raise cannot("compare a field that some documents lack") from None
        found = [each for snapshot in snapshots if (each := self.get((*path, snapshot.id)))]
        for field, direction in reversed(query.order):
            if field != ID:
                found = [each for each in found if field in each.fields]
            found.sort(
                key=lambda each: each.path[-1] if field == ID else each.fields[field],
                reverse=direction == "DESCENDING",
            )
        return found[: query.limit]

    def count(self, _query: Query) -> int:
        raise cannot("count")

    def _collection(self, path: Path) -> Any:
        return self._client.collection("/".join(path))


_NESTED = frozenset({"events", "secrets", "signals", "audit", "origins", "jobs", "quality", "days"})


def cannot(what: str) -> BaseException:
    return pytest.skip.Exception(f"mock-firestore cannot {what}")


def _present(fields: Fields) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        key: now if value is TIME_OF_WRITING else value
        for key, value in fields.items()
        if value is not None
    }

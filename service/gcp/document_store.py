"""What the adapters need of a document store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from service.gcp.queries import Query

Path = tuple[str, ...]
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document as it was read; `revision` is the mark by which a later change is noticed."""

    path: Path
    fields: Fields
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What `replace` is given, as one of many."""

    path: Path
    fields: Fields
    revision: str


class Documents(Protocol):
    """What the adapters need of a document store. Methods raise StoreUnavailableError."""

    def get(self, path: Path) -> Found | None:
        """Return the document."""
        ...

    def create(self, path: Path, fields: Fields) -> str | None:
        """Create the document and return its revision; `None` if there is one already."""
        ...

    def replace(self, path: Path, fields: Fields, *, revision: str) -> str | None:
        """Write these fields, `None` meaning "none", unless it was written since the revision."""
        ...

    def replace_all(self, changes: Sequence[Replacement]) -> list[str | None]:
        """Do as `replace` does with each of these different documents, each for itself."""
        ...

    def merge(self, path: Path, fields: Fields) -> None:
        """Write these fields and leave the others; create the document if there is none."""
        ...

    def remove(self, path: Path, *, revision: str) -> bool:
        """Delete the document unless it was written since the revision; tell if it is gone."""
        ...

    def delete(self, paths: Sequence[Path]) -> None:
        """Delete the documents."""
        ...

    def find(self, query: Query) -> list[Found]:
        """Return the documents that the query finds."""
        ...

    def count(self, query: Query) -> int:
        """Return how many documents the query finds."""
        ...

"""The document store as the adapters use it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from service.gcp.queries import Query

Path = tuple[str, ...]
Fields = Mapping[str, Any]


class Found(Struct, frozen=True, kw_only=True):
    """A document as it was read. Its `revision` changes with every write."""

    path: Path
    fields: Fields
    revision: str


class Replacement(Struct, frozen=True, kw_only=True):
    """The arguments of one `replace`, for `replace_all`."""

    path: Path
    fields: Fields
    revision: str


class Documents(Protocol):
    """A document store. Every method raises StoreUnavailableError if it does not answer."""

    def get(self, path: Path) -> Found | None:
        """Return the document."""
        ...

    def get_all(self, paths: Sequence[Path]) -> list[Found]:
        """Return those of the documents that exist, in any order."""
        ...

    def create(self, path: Path, fields: Fields) -> str | None:
        """Create the document and return its revision; `None` if it exists already."""
        ...

    def replace(self, path: Path, fields: Fields, *, revision: str) -> str | None:
        """Write these fields and return the new revision; `None` if written since `revision`.

        A field whose value is `None` is deleted.
        """
        ...

    def replace_all(self, changes: Sequence[Replacement]) -> list[str | None]:
        """Do `replace` for each of these different documents, each independent of the others."""
        ...

    def merge(self, path: Path, fields: Fields) -> None:
        """Write these fields and leave the others; create the document if there is none."""
        ...

    def remove(self, path: Path, *, revision: str) -> bool:
        """Delete the document unless written since `revision`; return whether it is gone."""
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

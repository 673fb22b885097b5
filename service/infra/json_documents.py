"""Stored JSON documents that survive a rollback to an older release.

After a rollback this release meets documents of a newer one. A field that it does not know is
ignored on reading and kept on writing: only changed fields are written, as by a JSON merge patch
(RFC 7396). `DocumentReader.read_known` also ignores unknown enum members and keys, for documents
whose defaults are safe; `read` refuses such a document as a whole.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T")

_UNKNOWN = object()


class UnreadableDocumentError(Exception):
    """This release cannot read the document, so it must not change it."""


class DocumentReader(Generic[T]):
    """Reads stored documents of one type. Made once for each type, when a module is loaded."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decoder = msgspec.json.Decoder(kind)

    def read(self, document: bytes | str) -> T:
        """Return the document's value, without the fields that this release does not know.

        Raises:
            UnreadableDocumentError: a value is invalid or unknown to this release.
        """
        try:
            return self._decoder.decode(document)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableDocumentError("a newer release wrote this") from error

    def read_known(self, document: bytes | str) -> T:
        """Return the document's value, without fields, keys and members unknown to this release.

        Raises:
            UnreadableDocumentError: the rest is no valid value.
        """
        with suppress(UnreadableDocumentError):
            return self.read(document)
        try:
            known = _pruned(msgspec.json.decode(document), self._type)
            return self._decoder.decode(msgspec.json.encode(None if known is _UNKNOWN else known))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableDocumentError("a newer release wrote this") from error

    @cached_property
    def _type(self) -> inspect.Type:
        return inspect.type_info(self._kind)


def encode(value: object) -> bytes:
    """Return the value as a new document."""
    return msgspec.json.encode(value)


def encode_over(value: T, document: bytes | str, *, known: T) -> bytes:
    """Return the value as a document that replaces the stored one.

    `known` is what this release read from it. All other fields of the document are kept.
    """
    new, read = msgspec.json.encode(value), msgspec.json.encode(known)
    stored = document.encode() if isinstance(document, str) else document
    if read == stored:
        return new
    decoded = (msgspec.json.decode(each) for each in (stored, read, new))
    return msgspec.json.encode(_merged(*decoded))


def _merged(stored: Any, read: Any, new: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return `stored` with the differences between `read` and `new` applied."""
    if new == read:
        return stored
    if not (isinstance(stored, dict) and isinstance(read, dict) and isinstance(new, dict)):
        return new
    merged = {key: each for key, each in stored.items() if key in new or key not in read}
    for key, each in new.items():
        merged[key] = _merged(stored[key], read.get(key), each) if key in stored else each
    return merged


def _pruned(value: Any, kind: inspect.Type) -> Any:  # noqa: ANN401 - any JSON
    """Return the JSON value without unknown parts; `_UNKNOWN` if the value itself is unknown."""
    match kind:
        case inspect.StructType() if isinstance(value, dict):
            return _pruned_object(value, kind)
        case inspect.DictType() if isinstance(value, dict):
            pairs = (
                (_pruned(key, kind.key_type), _pruned(each, kind.value_type))
                for key, each in value.items()
            )
            return {
                key: each for key, each in pairs if key is not _UNKNOWN and each is not _UNKNOWN
            }
        case inspect.VarTupleType() | inspect.ListType() if isinstance(value, list):
            items = (_pruned(each, kind.item_type) for each in value)
            return [each for each in items if each is not _UNKNOWN]
        case inspect.UnionType():
            readings = (_pruned(value, each) for each in kind.types if _fits(value, each))
            return next((each for each in readings if each is not _UNKNOWN), _UNKNOWN)
        case inspect.EnumType() | inspect.LiteralType():
            return value if _is_member(value, kind) else _UNKNOWN
    return value


def _pruned_object(value: Mapping[str, Any], kind: inspect.StructType) -> Any:  # noqa: ANN401 - JSON
    pruned = {
        field.encode_name: each
        for field in kind.fields
        if field.encode_name in value
        and (each := _pruned(value[field.encode_name], field.type)) is not _UNKNOWN
    }
    is_whole = all(field.encode_name in pruned for field in kind.fields if field.required)
    return pruned if is_whole else _UNKNOWN


def _fits(value: object, kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.NoneType) == (value is None)


def _is_member(value: object, kind: inspect.EnumType | inspect.LiteralType) -> bool:
    if isinstance(kind, inspect.LiteralType):
        return value in kind.values
    try:
        kind.cls(value)
    except ValueError:
        return False
    return True

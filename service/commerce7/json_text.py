"""Decoding of JSON that others write: all that the grammar allows, and nothing else."""

import json
import re
from typing import Any, Never

import msgspec

_LONGEST_INTEGER = 30
_DEEPEST = 100
_DEEP_PARTS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


Decoder = msgspec.json.Decoder[Any]
_ANY: Decoder = msgspec.json.Decoder()


class NotJsonError(ValueError):
    """The bytes are not JSON. The message does not repeat them."""


def decode_json(body: bytes, decoder: Decoder = _ANY) -> Any:  # noqa: ANN401 - their choice
    """Return the value in these bytes; an integer of more than 30 digits becomes `None`.

    A `decoder` of a type keeps only the type's keys, unless the slow decoder has to help.

    The fast decoder refuses some valid JSON: half a surrogate pair, which a shop makes by cutting a
    name inside an emoji, and numbers beyond its range. Such bytes are decoded by the slow decoder,
    because Commerce7 disables a webhook that is refused for long. For the same reason objects and
    lists that are nested too deeply for both become `None`.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        shallow = _without_depths(body)
        return json.loads(shallow.decode("utf-8-sig"), parse_constant=_refuse, parse_int=_bounded)
    except (ValueError, RecursionError) as error:
        raise NotJsonError from error


def _without_depths(body: bytes) -> bytes:
    """Return the text with `null` in place of what is nested more than 100 levels deep."""
    kept, depth, begin = bytearray(), 0, 0
    for found in _DEEP_PARTS.finditer(body):
        if found[0] in b"[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept += body[begin : found.start()] + b"null"
        elif found[0] in b"]}":
            depth -= 1
            if depth == _DEEPEST:
                begin = found.end()
    if depth:
        raise NotJsonError
    return bytes(kept + body[begin:])


def _refuse(constant: str) -> Never:
    # NaN and Infinity are JavaScript, not JSON.
    raise ValueError(constant)


def _bounded(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else None

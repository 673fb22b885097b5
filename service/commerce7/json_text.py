"""JSON as other people write it: everything that the grammar allows, nothing that it does not."""

import json
from typing import Any, Never

import msgspec

_LONGEST_INTEGER = 30


class NotJsonError(ValueError):
    """The bytes are not JSON at all; what they are instead is not repeated."""


def decode_json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON the other side chose
    """Return the value in these bytes; a number beyond reason becomes `None`.

    The fast decoder refuses some valid JSON: half of a surrogate pair, which a shop makes by
    cutting a name inside an emoji, and numbers beyond its range. Those are read the slow way,
    since refusing a webhook for long makes Commerce7 switch it off.

    Raises:
        NotJsonError: the bytes are no JSON, or nested deeper than anybody writes.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_int=_bounded)
    except (ValueError, RecursionError) as error:
        raise NotJsonError from error


def _refuse(constant: str) -> Never:
    # NaN and Infinity are JavaScript, not JSON.
    raise ValueError(constant)


def _bounded(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else None

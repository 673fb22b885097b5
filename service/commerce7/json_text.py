"""Decoding of JSON that others write: all that the grammar allows, and nothing else."""

import json
from typing import Any, Never

import msgspec

_LONGEST_INTEGER = 30


class NotJsonError(ValueError):
    """The bytes are not JSON. The message does not repeat them."""


def decode_json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON the other side chose
    """Return the value in these bytes; an integer of more than 30 digits becomes `None`.

    The fast decoder refuses some valid JSON: half a surrogate pair, which a shop makes by cutting a
    name inside an emoji, and numbers beyond its range. Such bytes are decoded by the slow decoder,
    because Commerce7 disables a webhook that is refused for long.

    Raises:
        NotJsonError: the bytes are no JSON, or are nested too deeply.
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

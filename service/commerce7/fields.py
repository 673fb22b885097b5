"""Tolerant reading of a JSON object whose shape is not guaranteed.

Commerce7 may add keys at any time, leave any of them null, and spell values in several ways
(Commerce7: API versioning). So each field is read by itself: an invalid one counts as missing, and
the others are still used.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

_LONGEST_TEXT = 1000
_LARGEST_NUMBER = 10**12
_MOST_CHILDREN = 5000
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")
_NOT_LETTERS = re.compile(r"[^a-z]")
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")
# Before and after these years a date is a placeholder, such as 0001-01-01 or 9999-12-31.
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_FLAGS = {"true": True, "false": False}


class Fields:
    """A JSON value read as an object; anything else reads as an empty one."""

    __slots__ = ("_get", "value")
    _get: Callable[[str], Any]

    def __init__(self, value: object) -> None:
        self.value = value
        self._get = _nothing
        if isinstance(value, Struct):
            self._get = value.__getattribute__
        elif isinstance(value, dict):
            self._get = value.get

    def text(self, name: str) -> str | None:
        """Return a non-blank text, or a number as text, trimmed, at most 1,000 characters.

        A whole number has no point: 2101.0 is "2101".
        """
        raw = self._get(name)
        if raw is None:
            return None
        if isinstance(raw, str) and raw.isprintable() and len(raw) <= _LONGEST_TEXT:
            return raw.strip() or None  # most texts: nothing to replace
        return _cleaned(raw)

    def has_any(self, *names: str) -> bool:
        """Tell whether there is a text or number under one of these names."""
        return any(map(self.text, names))

    def number(self, name: str) -> float | None:
        """Return a number, which may be written as text; `None` if missing or above 10**12."""
        raw = self._get(name)
        if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
            raw = float(raw)
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        return raw if abs(raw) <= _LARGEST_NUMBER else None

    def cents(self, name: str) -> int | None:
        """Return an amount in cents, rounded half up; `None` if missing or above 10**12."""
        amount = self.number(name)
        return None if amount is None else math.floor(amount + 0.5)

    def flag(self, name: str) -> bool | None:
        """Return a truth value, which may be written as text; `None` if missing."""
        raw = self._get(name)
        if isinstance(raw, str):
            return _FLAGS.get(raw.strip().lower())
        return raw if isinstance(raw, bool) else None

    def instant(self, name: str) -> datetime | None:
        """Return an ISO 8601 time in UTC; one without a zone is UTC (Commerce7: API dates).

        A placeholder, far in the past or future, counts as missing.
        """
        raw = self._get(name)
        if not isinstance(raw, str):
            return None
        try:
            parsed = datetime.fromisoformat(raw.strip())
            if parsed.tzinfo is not UTC:
                parsed = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return parsed if _FIRST_YEAR <= parsed.year < _LAST_YEAR else None

    def child(self, name: str) -> "Fields":
        """Return the object under this name."""
        value = self._get(name)
        return _EMPTY if value is None else Fields(value)

    def children(self, name: str) -> tuple["Fields", ...]:
        """Return the objects of the list under this name, at most 5,000."""
        raw = self._get(name)
        if not isinstance(raw, list):
            return ()
        return tuple([Fields(each) for each in raw[:_MOST_CHILDREN]])


def _nothing(_name: str) -> None:
    return None


_EMPTY = Fields(None)


def _cleaned(raw: object) -> str | None:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # Printing an integer takes time that grows with the square of its length.
        if not abs(raw) <= _LARGEST_NUMBER:
            return None
        return str(int(raw)) if raw == int(raw) else str(raw)
    if not isinstance(raw, str):
        return None
    # Half a surrogate pair cannot be encoded, so neither stored nor hashed.
    whole = raw[: 2 * _LONGEST_TEXT].encode(errors="replace").decode()
    return whole.translate(_CONTROLS).strip()[:_LONGEST_TEXT] or None


def word(fields: Fields, name: str) -> str:
    """Return a keyword in lower case, letters only; Commerce7 spells them in several ways."""
    text = (fields.text(name) or "").lower()
    return text if text.isalpha() and text.isascii() else _NOT_LETTERS.sub("", text)

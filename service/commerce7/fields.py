"""Tolerant reading of JSON values whose kind is not guaranteed.

Commerce7 may add keys at any time, leave any of them null, and spell values in several ways
(Commerce7: API versioning). So each field is read by itself: an invalid one counts as missing, and
the others are still used.
"""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

_LONGEST_TEXT = 1000
_LARGEST_NUMBER = 10**12
_NUMBERS = (int, float)  # as a union it would be made anew at each call
MOST_CHILDREN = 5000
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")
_NOT_LETTERS = re.compile(r"[^a-z]")
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,12})?")
# Before and after these years a date is a placeholder, such as 0001-01-01 or 9999-12-31.
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_FLAGS = {"true": True, "false": False}


def text(raw: object) -> str | None:
    """Return a non-blank text, or a number as text, trimmed, at most 1,000 characters.

    A whole number has no point: 2101.0 is "2101".
    """
    if isinstance(raw, str) and raw.isprintable() and len(raw) <= _LONGEST_TEXT:
        return raw.strip() or None  # most texts: nothing to replace
    return None if raw is None else _cleaned(raw)


def is_any_given(values: Iterable[object]) -> bool:
    """Tell whether one of these values is a text or number."""
    return any(text(each) for each in values if each is not None)


def word(raw: object) -> str:
    """Return a keyword in lower case, letters only; Commerce7 spells them in several ways."""
    spelled = (text(raw) or "").lower()
    return spelled if spelled.isalpha() and spelled.isascii() else _NOT_LETTERS.sub("", spelled)


def number(raw: object) -> float | None:
    """Return a number, which may be written as text; `None` if missing or above 10**12."""
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, _NUMBERS):
        return None
    return raw if abs(raw) <= _LARGEST_NUMBER else None


def cents(raw: object) -> int | None:
    """Return an amount in cents, rounded half up; `None` if missing or above 10**12."""
    amount = number(raw)
    return None if amount is None else math.floor(amount + 0.5)


def flag(raw: object) -> bool | None:
    """Return a truth value, which may be written as text; `None` if missing."""
    if isinstance(raw, str):
        return _FLAGS.get(raw.strip().lower())
    return raw if isinstance(raw, bool) else None


def instant(raw: object) -> datetime | None:
    """Return an ISO 8601 time in UTC; one without a zone is UTC (Commerce7: API dates).

    A placeholder, far in the past or future, counts as missing.
    """
    if not isinstance(raw, str):
        return None
    try:
        parsed = datetime.fromisoformat(raw.strip())
        if parsed.tzinfo is not UTC:
            parsed = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed if _FIRST_YEAR <= parsed.year < _LAST_YEAR else None


class Fields:
    """A JSON value read as an object; anything else reads as an empty one."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value: dict[str, Any] = value if isinstance(value, dict) else {}

    def text(self, name: str) -> str | None:
        """Return the `text` under this name."""
        return text(self.value.get(name))

    def number(self, name: str) -> float | None:
        """Return the `number` under this name."""
        return number(self.value.get(name))

    def flag(self, name: str) -> bool | None:
        """Return the `flag` under this name."""
        return flag(self.value.get(name))

    def instant(self, name: str) -> datetime | None:
        """Return the `instant` under this name."""
        return instant(self.value.get(name))

    def child(self, name: str) -> "Fields":
        """Return the object under this name."""
        return Fields(self.value.get(name))

    def children(self, name: str) -> tuple["Fields", ...]:
        """Return the objects of the list under this name, at most 5,000."""
        raw = self.value.get(name)
        if not isinstance(raw, list):
            return ()
        return tuple([Fields(each) for each in raw[:MOST_CHILDREN]])


def _cleaned(raw: object) -> str | None:
    if isinstance(raw, _NUMBERS) and not isinstance(raw, bool):
        # Printing an integer takes time that grows with the square of its length.
        if not abs(raw) <= _LARGEST_NUMBER:
            return None
        return str(int(raw)) if raw == int(raw) else str(raw)
    if not isinstance(raw, str):
        return None
    # Half a surrogate pair cannot be encoded, so neither stored nor hashed.
    whole = raw[: 2 * _LONGEST_TEXT].encode(errors="replace").decode()
    return whole.translate(_CONTROLS).strip()[:_LONGEST_TEXT] or None

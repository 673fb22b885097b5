"""Tolerant reading of a JSON object whose shape is not guaranteed.

Commerce7 may add keys at any time, leave any of them null, and spell values in several ways
(Commerce7: API versioning). So each field is read by itself: an invalid one counts as missing, and
the others are still used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST_TEXT = 1000
_LARGEST_NUMBER = 10**12
_MOST_CHILDREN = 5000
_CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")
_NOT_LETTERS = re.compile(r"[^a-z]")
_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True, repr=False)
class Fields:
    """A JSON value read as an object; anything else reads as an empty one."""

    value: object

    def text(self, name: str) -> str | None:
        """Return a non-blank text, or a whole number as text, trimmed, at most 1,000 characters."""
        raw = self._get(name)
        if isinstance(raw, int) and not isinstance(raw, bool):
            # Printing an integer takes time that grows with the square of its length.
            return str(raw) if abs(raw) <= _LARGEST_NUMBER else None
        if not isinstance(raw, str):
            return None
        # Half a surrogate pair cannot be encoded, so neither stored nor hashed.
        whole = raw[: 2 * _LONGEST_TEXT].encode(errors="replace").decode()
        return whole.translate(_CONTROLS).strip()[:_LONGEST_TEXT] or None

    def number(self, name: str) -> int | None:
        """Return a whole number (cents, units); `None` if missing or above 10**12."""
        raw = self._get(name)
        if isinstance(raw, str) and _WHOLE.fullmatch(raw):
            raw = int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return None
        return round(raw) if abs(raw) <= _LARGEST_NUMBER else None

    def flag(self, name: str) -> bool:
        """Return whether the field is exactly `true`."""
        return self._get(name) is True

    def instant(self, name: str) -> datetime | None:
        """Return an ISO 8601 time in UTC; one without a zone is UTC (Commerce7: API dates)."""
        raw = self._get(name)
        if not isinstance(raw, str):
            return None
        try:
            parsed = datetime.fromisoformat(raw.strip())
            return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def child(self, name: str) -> "Fields":
        """Return the object under this name."""
        return Fields(self._get(name))

    def children(self, name: str) -> tuple["Fields", ...]:
        """Return the objects of the list under this name, at most 5,000."""
        raw = self._get(name)
        return tuple(Fields(each) for each in raw[:_MOST_CHILDREN]) if isinstance(raw, list) else ()

    def _get(self, name: str) -> object:
        return self.value.get(name) if isinstance(self.value, Mapping) else None


def word(fields: Fields, name: str) -> str:
    """Return a keyword in lower case, letters only; Commerce7 spells them in several ways."""
    return _NOT_LETTERS.sub("", (fields.text(name) or "").lower())

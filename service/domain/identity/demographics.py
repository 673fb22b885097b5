"""Date of birth and gender (`db`, `ge`): Meta's keys that the service never sends.

A winery's till stores dates of birth to prove age, and matching does not need them.
"""

import re
from datetime import date

from service.domain.identity.cleaning import normalized

_BETWEEN_PARTS = re.compile(r"[-/.\s]+")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PARTS = 3
_YEAR_DIGITS, _MOST_DAY_DIGITS = 4, 2
_EARLIEST_YEAR = 1900
_MONTHS = 12
_FEMALE = frozenset(
    {"f", "female", "woman", "girl", "lady", "mrs", "ms", "miss", "madam", "she", "her"}
)
_MALE = frozenset({"m", "male", "man", "boy", "gentleman", "mr", "sir", "he", "him"})


def normalize_birth_date(raw: str, *, today: date) -> str | None:
    """Return the date as YYYYMMDD, or `None` if it is not a real date from 1900 to `today`.

    "We accept the YYYYMMDD format … Year: Use the YYYY format from 1900 to current year" (Meta:
    Customer Information Parameters, `db`; its example `2/16/1997` puts the month first, and so
    does this rule whenever that is possible). The service never sends it.
    """
    return normalized(raw, lambda text: _birth_date(text, today))


def normalize_gender(raw: str) -> str | None:
    """Return `f` or `m`, from a word or a title; everything else is `None`.

    Meta: Customer Information Parameters, `ge`: the initial in lower case. The service never
    sends it.
    """
    return normalized(raw, _gender)


def _birth_date(text: str, today: date) -> str | None:
    parts = _year_month_day(text)
    if parts is None:
        return None
    try:
        born = date(*parts)
    except ValueError:
        return None
    return born.strftime("%Y%m%d") if born.year >= _EARLIEST_YEAR and born <= today else None


def _year_month_day(text: str) -> tuple[int, int, int] | None:
    if compact := _COMPACT.fullmatch(text):
        return int(compact[1]), int(compact[2]), int(compact[3])
    parts = _BETWEEN_PARTS.split(text.partition("T")[0])
    if len(parts) != _PARTS or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    year, *others = parts if len(parts[0]) == _YEAR_DIGITS else (parts[2], *parts[:2])
    if len(year) != _YEAR_DIGITS or any(len(part) > _MOST_DAY_DIGITS for part in others):
        return None
    month, day = (int(part) for part in others)
    return (int(year), month, day) if month <= _MONTHS else (int(year), day, month)


def _gender(text: str) -> str | None:
    word = text.lower().rstrip(".")
    if word in _FEMALE:
        return "f"
    return "m" if word in _MALE else None

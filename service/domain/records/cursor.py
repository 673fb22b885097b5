"""A position in a list of records."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in records that are ordered by a time; `key` orders those of equal time."""

    at: datetime
    key: str = ""

"""A position in a list of records."""

from datetime import datetime

from msgspec import Struct


class Cursor(Struct, frozen=True):
    """A position in records that are ordered by a time; `key` orders those of equal time."""

    at: datetime
    key: str = ""

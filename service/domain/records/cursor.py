"""Where a reader of records stands."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader of records in the order of a time stands; `key` tells equal times apart."""

    at: datetime
    key: str = ""

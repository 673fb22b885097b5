"""What a process remembers, and may forget."""

from datetime import datetime
from typing import Protocol


class SeenEvents(Protocol):
    """The keys of events that this process received lately. It may forget any of them."""

    def note(self, key: str, *, now: datetime) -> None:
        """Remember the key for a while."""
        ...

    def knows(self, key: str, *, now: datetime) -> bool:
        """Tell whether the key is remembered."""
        ...

"""How a system of the sandbox can be told to misbehave, whichever system that is."""

import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock
from typing import Generic, TypeVar

DEFAULT_HANG_SECONDS = 20.0

Mode = TypeVar("Mode", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moods(Generic[Mode]):
    """The ways in which requests to a system can go wrong, and its word for none of them.

    `seconds` is how long the modes that wait do so unless told otherwise.
    """

    descriptions: Mapping[Mode, str]
    well: str
    seconds: Mapping[Mode, float] = field(default_factory=dict)

    def mode(self, word: object) -> Mode | None:
        """Return the mode of this name, if there is one."""
        return next((mode for mode in self.descriptions if mode == word), None)

    def fault(
        self,
        mode: Mode,
        *,
        times: int | None,
        seconds: float | None = None,
        only: str | None = None,
    ) -> "Fault[Mode]":
        """Return a fault of this mode."""
        usual = self.seconds.get(mode, DEFAULT_HANG_SECONDS)
        return Fault(mode, times, usual if seconds is None else seconds, only)


@dataclass(frozen=True, slots=True)
class Fault(Generic[Mode]):
    """A way to misbehave; `times` is how often yet, `None` until told otherwise.

    `only` names the one thing (a pixel, say) that it happens to; everything else goes well.
    """

    mode: Mode
    times: int | None = 1
    seconds: float = DEFAULT_HANG_SECONDS
    only: str | None = None


class Faults(Generic[Mode]):
    """Which fault the next request meets. Requests come on many threads."""

    def __init__(self, moods: Moods[Mode]) -> None:
        self.moods = moods
        self._lock = Lock()
        self._fault: Fault[Mode] | None = None

    def plan(self, fault: Fault[Mode] | None) -> None:
        """Misbehave from the next request on, or behave again."""
        with self._lock:
            self._fault = fault

    def planned(self) -> Fault[Mode] | None:
        """Return what is planned, without using it up."""
        with self._lock:
            return self._fault

    def take(self, about: str = "") -> Fault[Mode] | None:
        """Return what this request, about that thing, meets, and count it."""
        with self._lock:
            fault = self._fault
            if fault and fault.only not in {None, about}:
                return None
            if fault and fault.times is not None:
                self._fault = replace(fault, times=fault.times - 1) if fault.times > 1 else None
            return fault


def hang_up(connection: socket.socket) -> None:
    """Close the connection the hard way, with a reset instead of a farewell.

    The server goes on with its file descriptor. A socket whose other side has gone takes the
    connection's place there, so that the server sees what it would see of a client that left.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    dead, other = socket.socketpair()
    other.close()
    with dead:
        os.dup2(dead.fileno(), connection.fileno(), inheritable=False)

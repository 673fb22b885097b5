"""Planned faults of the sandbox's systems."""

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
    """A system's fault modes, and its word for "no fault".

    `seconds` is the default wait of the modes that wait.
    """

    descriptions: Mapping[Mode, str]
    well: str
    seconds: Mapping[Mode, float] = field(default_factory=dict)

    def mode(self, word: object) -> Mode | None:
        """Return the mode of this name; `None` if there is none."""
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
    """A fault; `times` is the number of requests still to fail, `None` for no end.

    `only` limits it to requests about one thing, such as a pixel.
    """

    mode: Mode
    times: int | None = 1
    seconds: float = DEFAULT_HANG_SECONDS
    only: str | None = None


class Faults(Generic[Mode]):
    """The planned fault of a system. Safe to share between threads."""

    def __init__(self, moods: Moods[Mode]) -> None:
        self.moods = moods
        self._lock = Lock()
        self._fault: Fault[Mode] | None = None

    def plan(self, fault: Fault[Mode] | None) -> None:
        """Plan a fault from the next request on; `None` ends it."""
        with self._lock:
            self._fault = fault

    def planned(self) -> Fault[Mode] | None:
        """Return the planned fault, without counting a request."""
        with self._lock:
            return self._fault

    def take(self, about: str = "") -> Fault[Mode] | None:
        """Return the fault of this request, which is about `about`, and count the request."""
        with self._lock:
            fault = self._fault
            if fault and fault.only not in {None, about}:
                return None
            if fault and fault.times is not None:
                self._fault = replace(fault, times=fault.times - 1) if fault.times > 1 else None
            return fault


def hang_up(connection: socket.socket) -> None:
    """Reset the connection instead of closing it.

    The server goes on using the file descriptor. So a socket whose other end is closed replaces the
    connection there, and the server sees a client that has left.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    dead, other = socket.socketpair()
    other.close()
    with dead:
        os.dup2(dead.fileno(), connection.fileno(), inheritable=False)

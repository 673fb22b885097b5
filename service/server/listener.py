"""The listening socket: it admits connections and bounds what all of them hold."""

from itertools import chain, islice
from time import monotonic
from typing import Any

from waitress.server import TcpWSGIServer

from service.server.connection import Connection

MOST_HELD = 128 * 1024 * 1024
"""The most that all requests and answers together hold in memory, in bytes."""
_RELIEVED = MOST_HELD * 3 // 4
# A request of this size is never refused: a webhook has a few kibibytes.
_SPARED = 64 * 1024
_ADMITTED_AT_ONCE = 64


class Listener(TcpWSGIServer):  # type: ignore[misc]  # the library has no types
    """One listening socket with its connections, of which there are at most `most`.

    Beyond them the oldest that has never asked for anything is ended, so that a flood of such
    connections ends itself. While it `is_draining`, each answer is its connection's last.
    """

    channel_class = Connection

    def __init__(self, application: Any, *, most: int, **given: Any) -> None:
        super().__init__(application, bind_socket=False, **given)
        self.is_draining = False
        self._most = most
        self._held = 0

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return list(self.active_channels.values())

    def handle_accept(self) -> None:
        """Admit the connections that wait."""
        for _ in range(_ADMITTED_AT_ONCE):
            before = len(self.active_channels)
            if before >= self._most:
                self._make_room()
                return
            super().handle_accept()
            if len(self.active_channels) == before:
                return

    def count(self, received: int) -> None:
        """Count bytes that a connection received, and refuse requests when too many are held.

        The largest of those that are not whole yet are refused first.
        """
        self._held += received
        if self._held <= MOST_HELD:
            return
        sizes = {each: each.held for each in self.connections}
        self._held = sum(sizes.values())
        if self._held > MOST_HELD:
            self._relieve(sizes)

    def maintenance(self, now: float) -> None:
        """End the connections of slow clients; called every second."""
        del now  # the wall clock, which may jump
        at = monotonic()
        for connection in self.connections:
            connection.end_if_late(at)
        # The library does not report what answers hold.
        self.count(sum(each.total_outbufs_len for each in self.connections))

    def _make_room(self) -> None:
        idle = (each for each in self.connections if each.is_idle)
        never_asked = (each for each in self.connections if each.is_waiting and not each.has_asked)
        for connection in islice(chain(never_asked, idle), _ADMITTED_AT_ONCE):
            connection.end()

    def _relieve(self, sizes: dict[Connection, int]) -> None:
        for connection in sorted(sizes, key=lambda each: sizes[each], reverse=True):
            if self._held <= _RELIEVED or sizes[connection] < _SPARED:
                return
            if not connection.requests:
                connection.refuse()
                self._held -= sizes[connection]

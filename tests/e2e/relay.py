"""A TCP relay between two processes that can be cut, frozen and redirected."""

import socket
import struct
from contextlib import suppress
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Self

_CHUNK = 64 * 1024
_GIVE_UP_SECONDS = 5.0


class Relay:
    """Listens on its own port and passes all bytes on to a target, `delay` seconds later.

    After a cut, clients see what a dead host shows: resets, then refused connections. While the
    relay is frozen, it accepts connections and passes nothing on.
    """

    def __init__(self, target: int, *, delay: float = 0.0) -> None:
        self.target = target
        self._delay = delay
        self._listener: socket.socket | None = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = int(self._listener.getsockname()[1])
        self._flowing = Event()
        self._flowing.set()
        self._changed = Condition()
        self._ends: set[socket.socket] = set()
        self._listen()

    def cut(self) -> None:
        """Reset every connection, and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener:
            _reset(listener)
        with self._changed:
            ends, self._ends = self._ends, set()
        for end in ends:
            _reset(end)
        self._flowing.set()

    def freeze(self) -> None:
        """Stop passing bytes on, without closing connections."""
        self._flowing.clear()

    def mend(self) -> None:
        """Pass bytes on again, on the same port."""
        self._flowing.set()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=1024)
            self._listen()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.cut()

    def _listen(self) -> None:
        Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the relay was cut
            while True:
                near, _ = listener.accept()
                Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self._flowing.wait()
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=_GIVE_UP_SECONDS)
        except OSError:
            _reset(near)
            return
        far.settimeout(None)
        with self._changed:
            self._ends |= {near, far}
        Thread(target=self._pass, args=(far, near, 0.0), daemon=True).start()
        self._pass(near, far, self._delay)

    def _pass(self, source: socket.socket, sink: socket.socket, delay: float) -> None:
        try:
            while data := source.recv(_CHUNK):
                Event().wait(delay)
                self._flowing.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:  # if one side was reset, reset the other too
            _reset(source)
            _reset(sink)


def _reset(end: socket.socket) -> None:
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)  # wakes the threads that wait for it
    end.close()

"""One deadline for a whole exchange with a server, also with one that trickles its answer.

A socket's own time-out begins anew with each byte, so a server that trickles holds a thread for as
long as it likes. Here each wait is as long as the exchange has left at most. What is done inside
`until` has that deadline; sockets made by `connect` heed it. No thread is needed, except for names:
the system's resolver knows no time-out.

Reference: Python's `socket`, "Notes on socket timeouts", and `ssl.SSLSocket`.
"""

import io
import socket
import ssl
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeAlias

Options: TypeAlias = Sequence[tuple[int, int, int | bytes]]
"""Options to be set on a socket: level, name and value."""
_Address: TypeAlias = tuple[int, int, int, str, Any]
# Names that nothing resolves hold these threads alone.
_RESOLVERS = ThreadPoolExecutor(4, thread_name_prefix="resolver")
# 0 would mean a socket that does not wait.
_INSTANT, _LONGEST = 0.001, 60.0
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def until(seconds: float) -> Iterator[None]:
    """Give what is done inside this many seconds."""
    token = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left(most: float | None = None) -> float | None:
    """Return the seconds left, but no more than `most`; `most` itself without a deadline.

    Raises:
        TimeoutError: none is left.
    """
    if (deadline := _deadline.get()) is None:
        return most
    if (left := deadline - monotonic()) <= 0:
        raise TimeoutError("the exchange is over")
    return left if most is None else min(left, most)


def is_over() -> bool:
    """Return whether there is a deadline, and it has passed."""
    deadline = _deadline.get()
    return deadline is not None and monotonic() >= deadline


def connect(
    host: str, port: int, *, within: float | None, options: Options | None = None
) -> socket.socket:
    """Return a connection to the first address that answers, `within` seconds for all of them.

    Its time-out is what is left of them, for a handshake.

    Raises:
        OSError: none answers; a `TimeoutError` if the time is over.
    """
    most = time_left(within)
    end = monotonic() + (_LONGEST if most is None else most)
    addresses = _addresses(host, port, end - monotonic())
    failure = OSError("the name has no address")
    for number, address in enumerate(addresses):
        try:
            # A silent address leaves the others their share.
            share = (end - monotonic()) / (len(addresses) - number)
            made = _connected(address, share, options)
        except OSError as error:
            failure = error
        else:
            made.settimeout(max(end - monotonic(), _INSTANT))
            return made
    raise failure


def _connected(found: _Address, seconds: float, options: Options | None) -> socket.socket:
    family, kind, protocol, _, address = found
    made = socket.socket(family, kind, protocol)
    try:
        for option in options or ():
            made.setsockopt(*option)
        made.settimeout(max(seconds, _INSTANT))
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made


def _addresses(host: str, port: int, seconds: float) -> Sequence[_Address]:
    asked = _RESOLVERS.submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    try:
        return asked.result(timeout=max(seconds, 0.0))
    finally:
        asked.cancel()


class BoundedSocket:
    """A connected socket, plain or with TLS, each of whose waits ends at the deadline."""

    def __init__(self, connected: socket.socket) -> None:
        self.inner = connected
        self._timeout = connected.gettimeout()

    def settimeout(self, seconds: float | None) -> None:
        """Set how long one wait may take."""
        self._timeout = seconds

    def gettimeout(self) -> float | None:
        """Return how long one wait may take."""
        return self._timeout

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self.wait_no_longer()
        if isinstance(self.inner, ssl.SSLSocket):
            # Python's own sends part after part, each with the whole time-out.
            rest = memoryview(data)
            while rest:
                self.wait_no_longer()
                rest = rest[self.inner.send(rest) :]
        else:
            self.inner.sendall(data)

    def makefile(self, mode: str = "rb", buffering: int | None = None) -> io.BufferedReader:
        """Return the incoming bytes as a file; the protocols here only read from theirs."""
        del mode
        size = io.DEFAULT_BUFFER_SIZE if buffering is None or buffering < 1 else buffering
        return io.BufferedReader(_Incoming(self), size)

    def wait_no_longer(self) -> None:
        """Bound the next wait by the deadline.

        Raises:
            TimeoutError: it is over.
        """
        self.inner.settimeout(time_left(self._timeout))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of the socket
        return getattr(self.inner, name)


class _Incoming(io.RawIOBase):
    def __init__(self, bounded: BoundedSocket) -> None:
        super().__init__()
        self._bounded = bounded
        # It keeps the socket open until both are closed, as the library's own files do.
        self._file = bounded.inner.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - any buffer
        self._bounded.wait_no_longer()
        return self._file.readinto(buffer)

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()
        super().close()


class BoundedContext:
    """A TLS context for libraries that begin TLS on a `BoundedSocket`."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    def wrap_socket(self, bounded: BoundedSocket, *, server_hostname: str) -> BoundedSocket:
        """Shake hands; the handshake as a whole takes one wait at most."""
        bounded.wait_no_longer()
        made = BoundedSocket(
            self._context.wrap_socket(bounded.inner, server_hostname=server_hostname)
        )
        made.settimeout(bounded.gettimeout())
        return made

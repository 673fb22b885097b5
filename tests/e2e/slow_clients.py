"""Connections that are slow on purpose, each in its own way, over real sockets."""

import base64
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from time import monotonic

from tests.e2e.harness import LOGIN

_BASIC = base64.b64encode(":".join(LOGIN).encode()).decode()
_POST = (
    f"POST /webhooks/commerce7 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {_BASIC}\r\n".encode()
)
_MEBIBYTE = 1024 * 1024
_PAUSE_SECONDS = 0.5

KINDS: dict[str, tuple[bytes, bytes]] = {
    "idle": (b"", b""),
    "request line": (b"POS", b"T"),
    "headers": (_POST + b"X-A: ", b"a"),
    "body": (_POST + b"Content-Length: 1000\r\n\r\n{", b" "),
    "silent body": (_POST + b"Content-Length: 1000\r\n\r\n{", b""),
    "chunks": (_POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk size": (_POST + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailer": (_POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    "large body": (
        _POST + b"Content-Length: %d\r\n\r\n" % (8 * _MEBIBYTE) + b" " * (4 * _MEBIBYTE),
        b"",
    ),
}
"""What each kind sends at once, and then twice a second."""


@dataclass
class Flood:
    """Slow connections. `ended` holds after how many seconds the server ended each."""

    open: list[socket.socket] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    begun_at: float = field(default_factory=monotonic)
    is_over: Event = field(default_factory=Event)

    def keep_up(self, drop: bytes) -> None:
        """Trickle on all connections, and note which have ended."""
        while self.open and not self.is_over.wait(_PAUSE_SECONDS):
            self.open = [each for each in self.open if not self._has_ended(each, drop)]

    def _has_ended(self, each: socket.socket, drop: bytes) -> bool:
        try:
            each.send(drop)
            answer = each.recv(65536)
        except BlockingIOError:
            return False
        except OSError:
            answer = b""
        self.ended.append(monotonic() - self.begun_at)
        self.answers.append(answer)
        return True


@contextmanager
def slow_clients(port: int, kind: str, *, many: int) -> Iterator[Flood]:
    """Keep so many connections of this kind open, until the server ends them."""
    _allow_files(2 * many)
    first, drop = KINDS[kind]
    flood = Flood()
    with ExitStack() as stack:
        for _ in range(many):
            each = stack.enter_context(socket.create_connection(("localhost", port), timeout=20))
            with suppress(OSError):  # the server may refuse the rest
                each.sendall(first)
            each.settimeout(0.0)
            flood.open.append(each)
        trickling = Thread(target=flood.keep_up, args=(drop,))
        trickling.start()
        try:
            yield flood
        finally:
            flood.is_over.set()
            trickling.join()


def _allow_files(many: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = many + 1024
    if soft < wanted and (hard == resource.RLIM_INFINITY or wanted <= hard):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""gunicorn's worker: one thread that receives and sends, a pool of threads that answer."""

import os
import resource
from time import monotonic
from typing import Any

from gunicorn.workers.base import Worker
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.task import ThreadedTaskDispatcher

from service.server.listener import Listener

# A front end may be sending on a kept connection when the process is told to end. This long such
# requests are still answered.
_LINGERED = 2.0
_TURN = 1.0
_OTHER_FILES = 256
_HEADER_BYTES = 64 * 1024
_PENDING_OF_A_STREAM = 256 * 1024
_NEVER_ON_DISK = 2**40


class BufferingWorker(Worker):  # type: ignore[misc]  # the library has no types
    """Gives a request a thread once it is there as a whole, and takes it back with the answer.

    Slow clients cost memory and a file descriptor, both bounded, until their deadline. Heeds
    `threads`, `worker_connections`, `keepalive` and `graceful_timeout` of gunicorn's settings.
    """

    def run(self) -> None:
        """Serve until the process is told to end, then finish what was begun."""
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        self._map: dict[int, Any] = {}
        self._listeners = [self._listener(each.sock, threads) for each in self.sockets]
        while self.alive and self.ppid == os.getppid():
            self._turn()
        self._drain()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to end; wakes the loop."""
        super().handle_exit(sig, frame)
        for listener in getattr(self, "_listeners", ()):
            listener.pull_trigger()

    def _listener(self, sock: Any, threads: Any) -> Listener:
        return Listener(
            self.wsgi,
            most=_allowed(self.cfg.worker_connections),
            map=self._map,
            _sock=sock,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
            dispatcher=threads,
            adj=Adjustments(
                backlog=self.cfg.backlog,
                channel_timeout=self.cfg.keepalive,
                cleanup_interval=int(_TURN),
                # The app decides which proxies to trust.
                clear_untrusted_proxy_headers=False,
                # The listener itself bounds them.
                connection_limit=_NEVER_ON_DISK,
                ident=None,
                inbuf_overflow=_NEVER_ON_DISK,
                log_socket_errors=False,
                max_request_body_size=_NEVER_ON_DISK,
                max_request_header_size=_HEADER_BYTES,
                outbuf_high_watermark=_PENDING_OF_A_STREAM,
                outbuf_overflow=_NEVER_ON_DISK,
            ),
        )

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=_TURN, use_poll=True, map=self._map, count=1)

    def _drain(self) -> None:
        begun = monotonic()
        for listener in self._listeners:
            listener.is_draining = True
        while monotonic() < begun + self.cfg.graceful_timeout:
            connections = [each for one in self._listeners for each in one.connections]
            if monotonic() > begun + _LINGERED:
                connections = [each for each in connections if not each.is_idle]
                for listener in self._listeners:
                    listener.accepting = False
            if not connections:
                return
            self._turn()


def _allowed(connections: int) -> int:
    """Raise the limit of open files as far as needed; return how many connections it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, soft - _OTHER_FILES) if soft < wanted else connections

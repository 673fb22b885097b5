"""A task handler on a real socket, for a queue to call."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue as Mailbox
from threading import Event, Thread
from typing import ClassVar

PATIENCE = 10.0


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Handler:
    """A task handler that gives scripted answers and records its calls.

    A call whose body is `held` is answered once the test releases it. All answers have the
    `headers`.
    """

    url: str = ""
    calls: "Mailbox[Call]" = field(default_factory=Mailbox)
    answers: list[int] = field(default_factory=list)
    arrived: "Mailbox[bytes]" = field(default_factory=Mailbox)
    held: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    released: Event = field(default_factory=Event)

    def next_call(self) -> Call:
        return self.calls.get(timeout=PATIENCE)


@contextmanager
def a_handler(*answers: int) -> Iterator[Handler]:
    handler = Handler(answers=list(answers))

    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        told: ClassVar[Handler] = handler

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.told.arrived.put(body)
            if body == self.told.held:
                self.told.released.wait(PATIENCE)
            status = self.told.answers.pop(0) if self.told.answers else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            for name, value in self.told.headers.items():
                self.send_header(name, value)
            if status in {301, 302}:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.told.calls.put(Call(self.path, dict(self.headers), body))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    handler.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield handler
    server.shutdown()
    server.server_close()

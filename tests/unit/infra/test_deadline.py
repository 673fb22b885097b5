"""The whole of an exchange ends at its deadline, against servers that trickle over real sockets."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest

from service.domain.mail.mail import Mail
from service.infra.http import Http, HttpFailureError, Limits
from service.infra.smtp import Server, SmtpMailer
from service.ports import MailError
from tests.builders import Clock, Ids
from tests.smtp_server import a_certificate

TOTAL, FAR_BEYOND = 0.4, 4.0
# No single wait is longer than a drop's pause, so that no time-out but the deadline ends it.
LIMITS = Limits(connect=0.4, read=0.3, total=TOTAL, answer_bytes=100_000)
HEAD = b"HTTP/1.1 200 OK\r\n"
DROPS = 10 * int(FAR_BEYOND / 0.05)
TRICKLES = {
    "the status line": (b"HTTP/1.1 ", b"2"),
    "a header": (HEAD + b"X-A: ", b"a"),
    "headers": (HEAD, b"X-A: a\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body": (HEAD + b"Content-Length: 90000\r\n\r\n", b"x"),
    "a body without a length": (HEAD + b"\r\n", b"x"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk's size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
}


def trickle(connection: socket.socket, first: bytes, drop: bytes) -> None:
    connection.sendall(first)
    for _ in range(DROPS):
        connection.sendall(drop)
        Event().wait(0.05)


@contextmanager
def a_server(serve: Callable[[socket.socket], None], *, times: int = 1) -> Iterator[int]:
    """Lend the port of a server that handles so many connections, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with suppress(OSError):  # the test is over
                for _ in range(times):
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        serve(connection)

        thread = Thread(target=run, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])


def failure_of(url: str, *, limits: Limits = LIMITS) -> tuple[bool, float]:
    http, begun = Http(limits=limits), monotonic()
    with pytest.raises(HttpFailureError) as raised:
        http.post(url, body=b"{}", headers={})
    http.close()
    return raised.value.is_late, monotonic() - begun


class TestAnExchangeWithAServer:
    @pytest.mark.parametrize(("first", "drop"), TRICKLES.values(), ids=TRICKLES)
    def test_ends_though_it_trickles(self, first: bytes, drop: bytes) -> None:
        with a_server(lambda each: trickle(each, first, drop)) as port:
            is_late, seconds = failure_of(f"http://127.0.0.1:{port}/")
        assert is_late
        assert seconds < FAR_BEYOND

    @pytest.mark.parametrize("drop", [b"", b"\x02"])
    def test_ends_though_its_handshake_does_not(self, drop: bytes) -> None:
        begin = b"\x16\x03\x03\x40\x00" if drop else b""
        with a_server(lambda each: trickle(each, begin, drop)) as port:
            is_late, seconds = failure_of(f"https://127.0.0.1:{port}/")
        assert is_late
        assert seconds < FAR_BEYOND

    def test_ends_though_it_takes_no_more_of_the_request(self) -> None:
        def wait(_: socket.socket) -> None:
            Event().wait(FAR_BEYOND)

        http, begun = Http(limits=LIMITS), monotonic()
        with (
            a_server(wait) as port,
            pytest.raises(HttpFailureError, match="time-out"),
        ):
            http.post(f"http://127.0.0.1:{port}/", body=b"x" * 30_000_000, headers={})
        assert monotonic() - begun < FAR_BEYOND

    def test_ends_though_its_connections_are_all_taken(self) -> None:
        http = Http(limits=LIMITS, connections=1)
        with a_server(lambda each: trickle(each, HEAD, b"X-A: a\r\n"), times=2) as port:
            url = f"http://127.0.0.1:{port}/"

            def ask() -> None:
                with suppress(HttpFailureError):
                    http.get(url, headers={})

            first = Thread(target=ask)
            first.start()
            begun = monotonic()
            ask()
            assert monotonic() - begun < FAR_BEYOND
            first.join()

    def test_is_over_at_once_when_it_only_accepts(self) -> None:
        with a_server(lambda each: each.close()) as port:
            is_late, _ = failure_of(f"http://127.0.0.1:{port}/")
        assert not is_late

    def test_tries_its_other_addresses(self) -> None:
        # The name has an address of version 6 too on most machines; nothing listens there.
        with a_server(lambda each: each.sendall(HEAD + b"Content-Length: 0\r\n\r\n")) as port:
            answer = Http().get(f"http://localhost:{port}/", headers={})
        assert answer.status == 200

    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_leaves_its_connection_for_the_next(self, tmp_path: Path, scheme: str) -> None:
        certificate = a_certificate(tmp_path)
        asked = []

        def answer_all(connection: socket.socket) -> None:
            each = connection
            if scheme == "https":
                each = certificate.as_server.wrap_socket(connection, server_side=True)
            with each:
                while each.recv(65536):
                    asked.append(each)
                    each.sendall(HEAD + b"Content-Length: 2\r\n\r\nhi")

        with a_server(answer_all) as port:
            http = Http(authorities=str(certificate.path))
            for _ in range(3):
                answer = http.get(f"{scheme}://localhost:{port}/", headers={})
                assert answer.body == b"hi"
            http.close()
        assert len(asked) == 3


class TestAnEmail:
    @pytest.mark.parametrize(
        ("security", "first", "drop"),
        [
            ("none", b"220", b" "),
            ("none", b"", b"220-and so on\r\n"),
            ("tls", b"\x16\x03\x03\x40\x00", b"\x02"),
            ("starttls", b"220 hello\r\n250-us\r\n250 STARTTLS\r\n220 go\r\n", b"\x16"),
        ],
    )
    def test_ends_though_the_server_trickles(
        self, security: str, first: bytes, drop: bytes
    ) -> None:
        with a_server(lambda each: trickle(each, first, drop)) as port:
            mailer = SmtpMailer(
                Server(host="127.0.0.1", port=port, security=security),  # type: ignore[arg-type]  # one of the three
                sender="us@1pixel.example",
                clock=Clock(),
                new_id=Ids(),
                timeout=0.3,
                total=TOTAL,
            )
            begun = monotonic()
            with pytest.raises(MailError):
                mailer.send(to="olive@winery.example", mail=Mail(subject="x", text="x", html="x"))
        assert monotonic() - begun < FAR_BEYOND

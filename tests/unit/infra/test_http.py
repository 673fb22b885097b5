"""The HTTP client, against servers that misbehave over real sockets."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from service.infra.http import Http, HttpFailureError, Limits

HASTY = Limits(connect=1.0, read=0.3, total=0.6, answer_bytes=1000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def _read_request(connection: socket.socket) -> None:
    received = b""
    while not received.endswith((b"{}", b"secret")) or b"\r\n\r\n" not in received:
        received += connection.recv(65536)


@contextmanager
def a_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            _read_request(connection)
            answer(connection)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    thread.join(5)
    listener.close()


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(limits=HASTY)
    yield client
    client.close()


def until_closed(connection: socket.socket) -> None:
    connection.settimeout(5)
    while connection.recv(1024):
        pass


class TestPost:
    def test_returns_status_headers_and_body(self, http: Http) -> None:
        def answer(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 418 x\r\nX-App-Usage: 1\r\nContent-Length: 2\r\n\r\nhi")

        with a_server(answer) as url:
            got = http.post(url, body=b"{}", headers={})
        assert (got.status, got.headers["x-app-usage"], got.body) == (418, "1", b"hi")

    def test_returns_an_answer_of_exactly_its_limit(self, http: Http) -> None:
        def answer(connection: socket.socket) -> None:
            connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000)

        with a_server(answer) as url:
            assert len(http.post(url, body=b"{}", headers={}).body) == 1000

    def test_follows_no_redirect(self, http: Http) -> None:
        def answer(connection: socket.socket) -> None:
            connection.sendall(
                b"HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
            )

        with a_server(answer) as url:
            assert http.post(url, body=b"{}", headers={}).status == 307

    def test_takes_neither_a_proxy_nor_a_login_from_the_machine(
        self, http: Http, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login stranger password stranger\n")
        monkeypatch.setenv("NETRC", str(netrc))
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

        def answer(connection: socket.socket) -> None:
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nhi")

        with a_server(answer) as url:
            assert http.post(url, body=b"{}", headers={}).body == b"hi"

    def test_keeps_no_cookie(self, http: Http) -> None:
        asked = []

        def answer(connection: socket.socket) -> None:
            for _ in range(2):
                connection.sendall(HEAD + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
                asked.append(connection.recv(65536))

        with a_server(answer) as url:
            for _ in range(2):
                http.post(url, body=b"{}", headers={})
            http.close()
        (second, _) = asked
        assert second.startswith(b"POST ")
        assert b"cookie" not in second.lower()

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (until_closed, "time-out"),
            (lambda connection: connection.close(), "connection failed"),
            (lambda connection: connection.sendall(b"nonsense\r\n\r\n"), "connection failed"),
            (
                lambda connection: connection.sendall(
                    HEAD + b"Content-Length: 1001\r\n\r\n" + b"x" * 1001
                ),
                "answer too long",
            ),
            (
                lambda connection: connection.sendall(HEAD + b"Content-Length: 9\r\n\r\nhalf"),
                "connection failed",
            ),
        ],
    )
    def test_says_in_words_why_there_is_no_answer(
        self, http: Http, answer: Callable[[socket.socket], None], why: str
    ) -> None:
        with a_server(answer) as url, pytest.raises(HttpFailureError, match=f"^{why}$"):
            http.post(url, body=b"secret", headers={"Authorization": "secret"})

    def test_does_not_wait_for_the_other_half_of_an_answer(self, http: Http) -> None:
        def stall(connection: socket.socket) -> None:
            connection.sendall(HEAD + b"Content-Length: 9\r\n\r\nhalf")
            until_closed(connection)

        with a_server(stall) as url, pytest.raises(HttpFailureError, match="time-out"):
            http.post(url, body=b"{}", headers={})

    @pytest.mark.parametrize(
        ("length", "drop"),
        [(b"Transfer-Encoding: chunked", b"1\r\nx\r\n"), (b"Content-Length: 500", b"x")],
    )
    def test_does_not_wait_for_an_answer_that_trickles_in(
        self, http: Http, length: bytes, drop: bytes
    ) -> None:
        def trickle(connection: socket.socket) -> None:
            connection.sendall(HEAD + length + b"\r\n\r\n")
            connection.settimeout(0.05)
            for _ in range(100):
                try:
                    connection.sendall(drop)
                    connection.recv(1)
                except TimeoutError:
                    continue
                except OSError:
                    return
                return

        with a_server(trickle) as url, pytest.raises(HttpFailureError, match="time-out"):
            http.post(url, body=b"{}", headers={})

    def test_fails_when_the_connection_is_refused(self, http: Http) -> None:
        with pytest.raises(HttpFailureError, match="connection failed"):
            http.post("http://127.0.0.1:9/", body=b"{}", headers={})

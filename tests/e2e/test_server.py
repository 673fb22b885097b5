"""The server's HTTP over real sockets: framing, kept connections, slow readers, the end."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPResponse
from threading import Thread

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, an_order_webhook
from tests.e2e.slow_clients import KINDS

RECORDED = {"result": "recorded"}
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
MEBIBYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _started(site: Site) -> None:
    site.service.start()


def connected(site: Site) -> socket.socket:
    return socket.create_connection(("localhost", site.service.port), timeout=10)


def answers(connection: socket.socket, *, until: bytes) -> bytes:
    received = b""
    while not received.endswith(until):
        part = connection.recv(65536)
        assert part, received
        received += part
    return received


def answer(connection: socket.socket, method: str = "POST") -> tuple[int, bool, bytes]:
    """Return the status, whether the connection stays open, and the body."""
    with HTTPResponse(connection, method=method) as response:
        response.begin()
        return response.status, response.getheader("Connection") != "close", response.read()


def a_post(body: bytes, *headers: bytes) -> bytes:
    head = (KINDS["body"][0].partition(b"Content-Length")[0], *(each + b"\r\n" for each in headers))
    return b"".join(head) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def an_order() -> bytes:
    return json.dumps(an_order_webhook()).encode()


class TestARequest:
    def test_may_come_byte_by_byte(self, site: Site) -> None:
        with connected(site) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in a_post(b"{}"):
                connection.sendall(bytes([byte]))
            assert answer(connection)[0] == 200

    def test_is_told_to_continue_once_its_headers_are_read(self, site: Site) -> None:
        whole = a_post(an_order(), b"Expect: 100-continue")
        head, _, body = whole.partition(b"\r\n\r\n")
        with connected(site) as connection:
            connection.sendall(head + b"\r\n\r\n")
            answers(connection, until=b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(body)
            assert answer(connection)[0] == 200

    def test_may_follow_another_before_its_answer(self, site: Site) -> None:
        with connected(site) as connection:
            connection.sendall(b"".join(a_post(an_order()) for _ in range(5)))
            received = b""
            while received.count(b'"recorded"') < 5:
                received += connection.recv(65536)

    @pytest.mark.parametrize(
        ("request_", "status"),
        [
            (b"nonsense\r\n\r\n", b"400"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 2\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", b"400"),
            (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
            (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 65536 + b"\r\n\r\n", b"431"),
        ],
    )
    def test_that_is_none_is_refused(self, site: Site, request_: bytes, status: bytes) -> None:
        with connected(site) as connection:
            connection.sendall(request_)
            assert connection.recv(65536)[9:12] == status

    @pytest.mark.parametrize("line", [b"z", b"1;" + b"a" * 9000, b"0\r\n" + b"X: y\r\n" * 2000])
    def test_with_a_broken_or_endless_chunk_is_refused(self, site: Site, line: bytes) -> None:
        with connected(site) as connection:
            connection.sendall(KINDS["chunks"][0] + line + b"\r\n")
            assert connection.recv(65536)[9:12] == b"400"

    def test_of_another_route_has_a_mebibyte_at_most(self, site: Site) -> None:
        url = f"{site.service.url}/tasks/send"
        assert requests.post(url, data=b" " * (2 * MEBIBYTE), timeout=20).status_code in {401, 413}


class TestAConnection:
    def test_serves_one_request_after_the_other(self, site: Site) -> None:
        with connected(site) as connection:
            for request, status in (
                (b"HEAD /docs HTTP/1.1\r\nHost: x\r\n\r\n", 200),
                (HEALTH, 200),
                (a_post(b"{}"), 200),
                (a_post(b"no JSON"), 400),
                (HEALTH, 200),
            ):
                connection.sendall(request)
                method = request.partition(b" ")[0].decode()
                assert answer(connection, method)[:2] == (status, True)

    def test_outlives_an_answer_without_a_body(self, site: Site) -> None:
        with requests.Session() as session:
            page = f"{site.service.url}/static/css/tokens.css"
            tag = session.get(page, timeout=20).headers["ETag"]
            answer = session.get(page, headers={"If-None-Match": tag}, timeout=20)
        assert (answer.status_code, answer.headers.get("Connection")) == (304, None)

    def test_ends_if_the_client_wants_it(self, site: Site) -> None:
        with connected(site) as connection:
            connection.sendall(HEALTH.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert answer(connection)[:2] == (200, False)
            assert connection.recv(1) == b""

    def test_does_not_say_which_server_it_is(self, site: Site) -> None:
        assert "Server" not in requests.get(f"{site.service.url}/healthz", timeout=20).headers


@pytest.fixture
def readers(site: Site) -> Iterator[None]:
    """Keep 40 connections that ask for pages and read none."""
    with ExitStack() as stack:
        for _ in range(40):
            each = socket.socket()
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stack.enter_context(each)
            each.connect(("127.0.0.1", site.service.port))
            each.sendall(b"GET /docs HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
        yield


@pytest.mark.usefixtures("readers")
def test_readers_that_read_nothing_take_no_thread(site: Site) -> None:
    for _ in range(5):
        answer = requests.post(
            f"{site.service.url}/webhooks/commerce7", json=an_order_webhook(), auth=LOGIN, timeout=5
        )
        assert answer.json() == RECORDED


def test_bodies_in_memory_are_bounded_and_the_largest_are_refused(site: Site) -> None:
    part = KINDS["large body"][0] + b" " * (3 * MEBIBYTE)
    refused = []

    def send() -> None:
        with connected(site) as connection:
            try:
                connection.sendall(part)
                refused.append(connection.recv(100)[9:12] == b"503")
            except TimeoutError:
                pass
            except OSError:
                refused.append(True)

    senders = [Thread(target=send) for _ in range(40)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert any(refused)
    assert site.service.tell(an_order_webhook()).json() == RECORDED


def test_a_request_that_is_being_sent_when_the_end_begins_is_answered(site: Site) -> None:
    whole, process = a_post(an_order()), site.service.process
    assert process is not None
    with connected(site) as late, connected(site) as kept:
        kept.sendall(HEALTH)
        assert answer(kept)[:2] == (200, True)
        late.sendall(whole[:-5])
        process.terminate()
        late.sendall(whole[-5:])
        assert answer(late)[:2] == (200, False)
        kept.sendall(whole)
        assert answer(kept)[:2] == (200, False)
    assert process.wait(timeout=8) == 0
    site.service.process = None

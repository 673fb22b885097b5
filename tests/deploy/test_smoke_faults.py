"""deploy/smoke.py against services that do not do what they promise."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.smoke import FORGED_NETWORK, FaultError, Smoke


class Yes(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        """Print nothing."""


class Server(HTTPServer):
    """A server with one thread, which keeps callers waiting."""

    request_queue_size = 64


@contextmanager
def serving(answers: type[Yes]) -> Iterator[str]:
    with Server(("127.0.0.1", 0), answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Yes) as url:
        yield url


def test_a_service_that_takes_forged_tasks_is_at_fault(url: str) -> None:
    with pytest.raises(FaultError, match="a forged task is answered 200"):
        Smoke(url).refuses_forged_tasks()


def test_a_service_that_lets_strangers_in_is_at_fault(url: str) -> None:
    with pytest.raises(FaultError, match="an invented account token is answered 200"):
        Smoke(url).keeps_strangers_out()


class Waits(Yes):
    """Reads what it is promised before it answers."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        super().do_POST()


def test_a_service_that_waits_for_slow_bodies_is_at_fault() -> None:
    with serving(Waits) as url, pytest.raises(FaultError, match="beside 20 slow bodies"):
        # Its one thread waits for the first of the bodies.
        Smoke(url, patience=1.0).does_not_wait_for_slow_bodies()


@pytest.mark.parametrize(
    ("line", "fault"),
    [("s3cret", "a token that we sent"), (f'"{FORGED_NETWORK}.0/24"', "a forged X-Forwarded-For")],
)
def test_a_log_with_a_secret_or_a_forged_address_is_a_fault(
    tmp_path: Path, line: str, fault: str
) -> None:
    log = tmp_path / "log"
    log.write_text("task.refused\n")
    smoke = Smoke("http://localhost", logs=f"cat {log}", secrets=["s3cret"])
    assert smoke.logs_no_secret_and_no_forged_address()
    log.write_text(f"task.refused {line}\n")
    with pytest.raises(FaultError, match=fault):
        smoke.logs_no_secret_and_no_forged_address()

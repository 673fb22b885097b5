"""The request that sends one event, as it arrives on a real socket."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from service.domain.delivery.verdict import Answer
from service.infra.http import Http
from service.meta.client import MetaConversions
from service.meta.wire import build_request
from tests.builders import PIXEL, TOKEN, an_event

Call = tuple[str, dict[str, str], bytes]


@contextmanager
def a_meta() -> Iterator[tuple[str, list[Call]]]:
    calls: list[Call] = []

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.path, dict(self.headers), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"events_received":1}')

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Requests)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http()
    yield client
    client.close()


@pytest.fixture
def a_login_for_everywhere(tmp_path: Path) -> Iterator[None]:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    before = os.environ.get("NETRC")
    os.environ["NETRC"] = str(netrc)
    yield
    del os.environ["NETRC"]
    if before is not None:
        os.environ["NETRC"] = before


class TestSend:
    def test_posts_one_event_to_its_pixel_with_the_token_in_a_header(self, http: Http) -> None:
        with a_meta() as (url, calls):
            meta = MetaConversions(http, graph_url=f"{url}/meta/", graph_version="v27.0")
            verdict = meta.send(an_event(), pixel_id=PIXEL, token=TOKEN)

        assert verdict.answer is Answer.ACCEPTED
        ((path, headers, body),) = calls
        assert path == f"/meta/v27.0/{PIXEL}/events"
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        assert headers["Content-Type"] == "application/json"
        assert json.loads(body) == build_request(an_event())
        assert TOKEN.encode() not in body

    def test_marks_a_test_event(self, http: Http) -> None:
        with a_meta() as (url, calls):
            meta = MetaConversions(http, graph_url=url, graph_version="v27.0")
            meta.send(an_event(), pixel_id=PIXEL, token=TOKEN, test_code="TEST1")

        assert json.loads(calls[0][2])["test_event_code"] == "TEST1"

    @pytest.mark.usefixtures("a_login_for_everywhere")
    def test_lets_nothing_of_the_machine_replace_the_token(self, http: Http) -> None:
        with a_meta() as (url, calls):
            meta = MetaConversions(http, graph_url=url, graph_version="v27.0")
            meta.send(an_event(), pixel_id=PIXEL, token=TOKEN)

        assert calls[0][1]["Authorization"] == f"Bearer {TOKEN}"

    def test_returns_the_verdict_of_a_missing_answer(self, http: Http) -> None:
        meta = MetaConversions(http, graph_url="http://127.0.0.1:9", graph_version="v27.0")
        verdict = meta.send(an_event(), pixel_id=PIXEL, token=TOKEN)

        assert (verdict.answer, verdict.answered) == (Answer.TRANSIENT, False)
        assert verdict.sentence == "Meta could not be reached"

"""The requests that test a connection, as they arrive on a real socket."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from service.domain.delivery.verdict import Answer
from service.domain.figures.quality import OfflineEvents, QualityFault
from service.domain.tenants.connection import ConnectionTest, TokenFacts
from service.infra.http import Http
from service.infra.logs import JsonLines
from service.meta.connections import MetaConnections
from service.meta.quality import FIELDS
from service.meta.wire import build_probe
from tests.builders import NOW, PIXEL

TOKEN = "EAA/invented+token&x=1"
PROBE = ConnectionTest(event_id="test-1", at=NOW, test_code="TEST1")
Call = tuple[str, str, dict[str, str], bytes]


@contextmanager
def a_meta(answer: bytes, status: int = 200) -> Iterator[tuple[str, list[Call]]]:
    calls: list[Call] = []

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            calls.append((self.command, self.path, dict(self.headers), body))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - the server's own name

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


def vendor(http: Http, url: str) -> MetaConnections:
    return MetaConnections(http, graph_url=url, graph_version="v27.0")


class TestTheQuestions:
    def test_ask_of_the_token_in_its_own_name(self, http: Http) -> None:
        with a_meta(b'{"data":{"is_valid":true}}') as (url, calls):
            assert vendor(http, f"{url}/").token_facts(TOKEN) == TokenFacts(is_valid=True)

        ((method, path, headers, _),) = calls
        assert (method, headers["Authorization"]) == ("GET", f"Bearer {TOKEN}")
        assert path == "/v27.0/debug_token?input_token=EAA%2Finvented%2Btoken%26x%3D1"

    def test_ask_for_the_pixels_name(self, http: Http) -> None:
        with a_meta(b'{"id":"1","name":"Ridge"}') as (url, calls):
            assert vendor(http, url).pixel_name(PIXEL, token=TOKEN) == "Ridge"

        ((method, path, headers, _),) = calls
        assert (method, path) == ("GET", f"/v27.0/{PIXEL}?fields=id,name")
        assert headers["Authorization"] == f"Bearer {TOKEN}"

    def test_ask_whether_the_dataset_takes_offline_events(self, http: Http) -> None:
        with a_meta(b'{"id":"1","is_consolidated_container":false}') as (url, calls):
            found = vendor(http, url).offline_events(PIXEL, token=TOKEN)

        assert found is OfflineEvents.NOT_TAKEN
        ((method, path, headers, _),) = calls
        assert (method, path) == ("GET", f"/v27.0/{PIXEL}?fields=is_consolidated_container")
        assert headers["Authorization"] == f"Bearer {TOKEN}"

    def test_post_one_event_with_the_token_in_a_header(self, http: Http) -> None:
        with a_meta(b'{"events_received":1}') as (url, calls):
            probed = vendor(http, url).probe(PROBE, pixel_id=PIXEL, token=TOKEN)

        assert probed.verdict.answer is Answer.ACCEPTED
        ((method, path, headers, body),) = calls
        assert (method, path) == ("POST", f"/v27.0/{PIXEL}/events")
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        assert json.loads(body) == build_probe(PROBE)
        assert TOKEN.encode() not in body

    def test_do_not_fail_when_nobody_answers(self, http: Http) -> None:
        nobody = vendor(http, "http://127.0.0.1:9")
        assert nobody.token_facts(TOKEN) == TokenFacts()
        assert nobody.pixel_name(PIXEL, token=TOKEN) is None
        assert nobody.offline_events(PIXEL, token=TOKEN) is None
        verdict = nobody.probe(PROBE, pixel_id=PIXEL, token=TOKEN).verdict
        assert (verdict.answer, verdict.answered) == (Answer.TRANSIENT, False)

    @pytest.mark.parametrize("is_there", [True, False])
    def test_leave_no_token_in_the_log(
        self, http: Http, caplog: pytest.LogCaptureFixture, *, is_there: bool
    ) -> None:
        with caplog.at_level(logging.DEBUG), a_meta(b"{}") as (url, _):
            asked = vendor(http, url if is_there else "http://127.0.0.1:9")
            asked.token_facts(TOKEN)
            asked.pixel_name(PIXEL, token=TOKEN)
            asked.offline_events(PIXEL, token=TOKEN)
            asked.probe(PROBE, pixel_id=PIXEL, token=TOKEN)

        assert caplog.records
        logged = "".join(map(JsonLines().format, caplog.records))
        assert "invented" not in logged


class TestTheQuestionAboutQuality:
    def test_is_one_with_the_token_in_a_header_only(self, http: Http) -> None:
        with a_meta(b'{"web":[{"event_name":"Lead"}]}') as (url, calls):
            found = vendor(http, url).quality(PIXEL, token=TOKEN)

        assert [each.event for each in found.events] == ["Lead"]
        ((method, path, headers, body),) = calls
        address = urlsplit(path)
        assert (method, address.path, body) == ("GET", "/v27.0/dataset_quality", b"")
        assert headers["Authorization"] == f"Bearer {TOKEN}"
        assert parse_qs(address.query) == {
            "dataset_id": [PIXEL],
            "agent_name": ["1pixel"],
            "fields": [FIELDS[0]],
        }

    def test_is_put_again_for_less_after_a_refusal_that_may_be_about_a_field(
        self, http: Http
    ) -> None:
        with a_meta(b'{"error":{"code":100,"message":"nonexisting field"}}', 400) as (url, calls):
            found = vendor(http, url).quality(PIXEL, token=TOKEN)

        assert found.fault is QualityFault.NOT_ALLOWED
        asked = [parse_qs(urlsplit(path).query)["fields"] for _, path, _, _ in calls]
        assert asked == [[each] for each in FIELDS]

    @pytest.mark.parametrize(("code", "fault"), [(190, "token invalid"), (4, "throttled")])
    def test_is_put_once_where_less_would_not_help(self, http: Http, code: int, fault: str) -> None:
        with a_meta(f'{{"error":{{"code":{code}}}}}'.encode(), 400) as (url, calls):
            assert vendor(http, url).quality(PIXEL, token=TOKEN).fault == fault
        assert len(calls) == 1

    def test_without_an_answer_has_none(self, http: Http) -> None:
        silent = vendor(http, "http://127.0.0.1:9")
        assert silent.quality(PIXEL, token=TOKEN).fault is QualityFault.NO_ANSWER

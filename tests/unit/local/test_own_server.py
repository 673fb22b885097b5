"""The local queue's calls of the service itself."""

from contextlib import closing

import pytest

from service.local.own_server import OwnServer
from tests.contract.handler import PATIENCE, a_handler
from tests.ports import free_port


def test_connects_anew_once_the_server_has_ended_the_kept_connection() -> None:
    with a_handler(1, 404) as handler, closing(OwnServer(handler.url, seconds=PATIENCE)) as server:
        first = server.post("/tasks/send", body=b"{}", headers={})
        handler.ended.get(timeout=PATIENCE)
        second = server.post("/tasks/send", body=b"{}", headers={})

    assert first
    assert second
    assert [first.status, second.status] == [200, 404]


@pytest.mark.parametrize("is_listening", [True, False])
def test_says_that_no_answer_came_and_goes_on(*, is_listening: bool) -> None:
    with a_handler(0) as handler:
        url = handler.url if is_listening else f"http://127.0.0.1:{free_port()}"
        with closing(OwnServer(url, seconds=PATIENCE)) as server:
            assert server.post("/", body=b"{}", headers={}) is None
            assert (server.post("/", body=b"{}", headers={}) is not None) is is_listening


def test_calls_below_the_path_of_the_address() -> None:
    with a_handler() as handler:
        with closing(OwnServer(f"{handler.url}/app/", seconds=PATIENCE)) as server:
            server.post("/tasks/send", body=b"{}", headers={"X-Name": "value"})
        call = handler.next_call()

    assert (call.path, call.body, call.headers["X-Name"]) == ("/app/tasks/send", b"{}", "value")

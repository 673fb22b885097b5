"""What the local queue does over a real socket, and what every queue must do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue as Mailbox
from threading import Thread
from time import monotonic
from typing import ClassVar

import pytest

from service.local.queue import LocalQueue
from service.ports import Queue, QueueUnavailableError, Task
from tests.fakes import ListQueue

PATIENCE = 10.0


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Handler:
    """A task handler that answers as told and remembers its calls."""

    url: str = ""
    calls: "Mailbox[Call]" = field(default_factory=Mailbox)
    answers: list[int] = field(default_factory=list)

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
            status = self.told.answers.pop(0) if self.told.answers else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if status in {301, 302}:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.told.calls.put(Call(self.path, dict(self.headers), body))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    handler.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def local() -> Iterator[Callable[..., LocalQueue]]:
    made: list[LocalQueue] = []

    def make(handler: Handler, *, copies: int = 1, delay: timedelta = timedelta(0)) -> LocalQueue:
        queue = LocalQueue(
            base_url=handler.url,
            mint_token=lambda: "signed",
            min_backoff=timedelta(milliseconds=20),
            copies=copies,
            delay=delay,
        )
        made.append(queue)
        return queue

    yield make
    for queue in made:
        queue.close()


MakeLocal = Callable[..., LocalQueue]


def a_task(name: str = "task-1", *, delay: timedelta = timedelta(0)) -> Task:
    return Task(name=name, path="/tasks/send", body=b'{"n":1}', delay=delay)


class TestEveryQueue:
    @pytest.mark.parametrize("queue", [ListQueue()])
    def test_takes_a_name_once(self, queue: ListQueue) -> None:
        port: Queue = queue
        port.enqueue(a_task())
        port.enqueue(a_task())
        port.ping()

        assert queue.tasks == [a_task()]

    def test_says_when_it_is_down(self) -> None:
        with pytest.raises(QueueUnavailableError):
            ListQueue(is_down=True).enqueue(a_task())


class TestLocalQueue:
    def test_calls_back_with_the_body_the_token_and_the_clouds_headers(
        self, local: MakeLocal
    ) -> None:
        with a_handler() as handler:
            local(handler).enqueue(a_task())
            call = handler.next_call()

        assert (call.path, json.loads(call.body)) == ("/tasks/send", {"n": 1})
        assert call.headers["Authorization"] == "Bearer signed"
        assert call.headers["User-Agent"] == "Google-Cloud-Tasks"
        assert call.headers["X-CloudTasks-TaskName"] == "task-1"
        assert call.headers["X-CloudTasks-QueueName"]
        assert call.headers["X-CloudTasks-TaskRetryCount"] == "0"
        assert "X-CloudTasks-TaskPreviousResponse" not in call.headers

    def test_delivers_a_name_once(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            queue = local(handler)
            for name in ("task-1", "task-1", "task-2"):
                queue.enqueue(a_task(name))
            names = {handler.next_call().headers["X-CloudTasks-TaskName"] for _ in range(2)}
            queue.close()

            assert names == {"task-1", "task-2"}
            assert handler.calls.empty()

    def test_calls_again_until_it_hears_success_and_counts_as_the_cloud_does(
        self, local: MakeLocal
    ) -> None:
        with a_handler(503, 424, 302, 200) as handler:
            queue = local(handler)
            queue.enqueue(a_task())
            calls = [handler.next_call() for _ in range(4)]
            queue.close()

            assert handler.calls.empty()
        counted = [
            tuple(
                call.headers.get(f"X-CloudTasks-Task{name}")
                for name in ("RetryCount", "ExecutionCount", "PreviousResponse")
            )
            for call in calls
        ]
        assert counted == [
            ("0", "0", None),
            ("1", "0", "503"),
            ("2", "1", "424"),
            ("3", "2", "302"),
        ]

    def test_makes_its_pauses_longer_and_longer(self, local: MakeLocal) -> None:
        with a_handler(424, 424, 424) as handler:
            began = monotonic()
            local(handler).enqueue(a_task())
            for _ in range(4):
                handler.next_call()

            assert monotonic() - began >= 0.02 + 0.04 + 0.08

    def test_delivers_late_when_told_to(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            began = monotonic()
            local(handler, delay=timedelta(seconds=0.2)).enqueue(a_task())
            handler.next_call()

            assert monotonic() - began >= 0.2

    def test_delivers_a_task_no_sooner_than_after_its_own_delay(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            began = monotonic()
            local(handler).enqueue(a_task(delay=timedelta(seconds=0.2)))
            handler.next_call()

            assert monotonic() - began >= 0.2

    def test_delivers_no_copy_of_a_task_before_its_delay(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            queue = local(handler, copies=2, delay=timedelta(seconds=0.1))
            began = monotonic()
            for _ in range(2):
                queue.enqueue(a_task(delay=timedelta(seconds=0.1)))
            calls = []
            for _ in range(2):
                handler.next_call()
                calls.append(monotonic() - began)
            queue.close()

            assert min(calls) >= 0.2
            assert handler.calls.empty()

    def test_lets_other_tasks_overtake_one_with_a_delay(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            queue = local(handler)
            for name, seconds in (("last", 0.4), ("first", 0.0), ("second", 0.2)):
                queue.enqueue(a_task(name, delay=timedelta(seconds=seconds)))
            calls = [handler.next_call().headers["X-CloudTasks-TaskName"] for _ in range(3)]

            assert calls == ["first", "second", "last"]

    def test_forgets_what_still_waits_when_it_closes(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            queue = local(handler)
            queue.enqueue(a_task("later", delay=timedelta(hours=1)))
            queue.enqueue(a_task("now"))
            assert handler.next_call().headers["X-CloudTasks-TaskName"] == "now"
            began = monotonic()
            queue.close()

            assert monotonic() - began < PATIENCE
            assert handler.calls.empty()

    def test_calls_again_when_nobody_answers(self) -> None:
        with a_handler() as handler:
            queue = LocalQueue(
                base_url="http://127.0.0.1:9",
                mint_token=lambda: "signed",
                min_backoff=timedelta(milliseconds=20),
            )
            queue.enqueue(a_task())
            queue._base_url = handler.url
            try:
                assert handler.next_call().path == "/tasks/send"
            finally:
                queue.close()

    def test_delivers_twice_when_told_to(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            local(handler, copies=2).enqueue(a_task())

            assert [handler.next_call().path for _ in range(2)] == ["/tasks/send"] * 2

    def test_delivers_tasks_while_it_sweeps(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            queue = local(handler)
            queue.start_sweeping(timedelta(hours=1))
            assert handler.next_call().path == "/tasks/sweep"
            queue.enqueue(a_task())

            assert handler.next_call().path == "/tasks/send"

    def test_sweeps_at_once_and_again(self, local: MakeLocal) -> None:
        with a_handler() as handler:
            local(handler).start_sweeping(timedelta(milliseconds=20))

            assert [handler.next_call().path for _ in range(3)] == ["/tasks/sweep"] * 3

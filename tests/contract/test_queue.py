"""What every queue must do, and the local queue's behaviour over a real socket."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from uuid import uuid4

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from service.domain.copies import replace
from service.gcp.queue import CallBack, CloudTasksQueue
from service.local.queue import LocalQueue
from service.ports import Queue, QueueUnavailableError, Task
from tests.contract.handler import PATIENCE, Handler, a_handler
from tests.emulators import tasks_emulator
from tests.fakes import ListQueue

SEND, BULK = (f"projects/contract/locations/here/queues/{name}" for name in ("send", "bulk"))


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
QueueTo = Callable[[Handler], Queue]


@pytest.fixture(scope="module")
def cloud_tasks() -> Iterator[tasks_v2.CloudTasksClient]:
    """Return a client of the Cloud Tasks emulator, which all tests share."""
    with tasks_emulator([SEND, BULK]) as address, grpc.insecure_channel(address) as channel:
        yield tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))


@pytest.fixture(params=["local", "cloud-tasks"])
def queue_to(request: pytest.FixtureRequest) -> QueueTo:
    """Return, for each engine in turn, a function that makes a queue for a handler."""
    if request.param == "local":
        make_local: MakeLocal = request.getfixturevalue("local")
        return make_local
    client = request.getfixturevalue("cloud_tasks")

    def make(handler: Handler) -> Queue:
        call_back = CallBack(
            base_url=handler.url, service_account="", audience="", mint_token=lambda: "signed"
        )
        return CloudTasksQueue(
            client,
            queue=SEND,
            bulk_queue=BULK,
            call_back=call_back,
            clock=lambda: datetime.now(UTC),
        )

    return make


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

    def test_raises_queue_unavailable_when_it_is_down(self) -> None:
        with pytest.raises(QueueUnavailableError):
            ListQueue(is_down=True).enqueue(a_task())


class TestAQueueThatCallsBack:
    def test_calls_the_path_with_the_body_and_the_token(self, queue_to: QueueTo) -> None:
        task = a_task(uuid4().hex)
        with a_handler() as handler:
            queue_to(handler).enqueue(task)
            call = handler.next_call()

        assert (call.path, call.body) == (task.path, task.body)
        assert call.headers["Authorization"] == "Bearer signed"
        assert call.headers["Content-Type"] == "application/json"
        headers = {name.lower(): value for name, value in call.headers.items()}
        assert headers["x-cloudtasks-taskname"] == task.name

    def test_calls_again_until_success_and_no_more(self, queue_to: QueueTo) -> None:
        task = a_task(uuid4().hex)
        with a_handler(503, 424) as handler:
            queue = queue_to(handler)
            queue.enqueue(task)
            calls = [handler.next_call() for _ in range(3)]
            queue.enqueue(replace(a_task(uuid4().hex), body=b"next"))

            assert handler.next_call().body == b"next"
        assert [(call.path, call.body) for call in calls] == [(task.path, task.body)] * 3
        assert {call.headers["Authorization"] for call in calls} == {"Bearer signed"}

    def test_calls_no_sooner_than_after_the_delay(self, queue_to: QueueTo) -> None:
        with a_handler() as handler:
            queue = queue_to(handler)
            began = monotonic()
            queue.enqueue(a_task(uuid4().hex, delay=timedelta(seconds=1)))
            handler.next_call()

            assert monotonic() - began >= 1

    def test_lets_what_has_no_delay_overtake(self, queue_to: QueueTo) -> None:
        later = replace(a_task(uuid4().hex, delay=timedelta(seconds=1)), body=b"later")
        with a_handler() as handler:
            queue = queue_to(handler)
            queue.enqueue(later)
            queue.enqueue(replace(a_task(uuid4().hex), body=b"sooner"))

            assert [handler.next_call().body for _ in range(2)] == [b"sooner", b"later"]

    def test_calls_for_bulk_too(self, queue_to: QueueTo) -> None:
        with a_handler() as handler:
            queue_to(handler).enqueue(replace(a_task(uuid4().hex), is_bulk=True))

            assert handler.next_call().path == "/tasks/send"

    def test_answers_a_ping(self, queue_to: QueueTo) -> None:
        with a_handler() as handler:
            queue_to(handler).ping()


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

    def test_calls_again_until_success_and_counts_as_cloud_tasks_does(
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

    def test_makes_each_pause_longer(self, local: MakeLocal) -> None:
        with a_handler(424, 424, 424) as handler:
            began = monotonic()
            local(handler).enqueue(a_task())
            for _ in range(4):
                handler.next_call()

            assert monotonic() - began >= 0.02 + 0.04 + 0.08

    def test_delivers_late_if_configured_so(self, local: MakeLocal) -> None:
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
            queue.enqueue(a_task("last", delay=timedelta(hours=1)))
            for name, seconds in (("first", 0.0), ("second", 0.2)):
                queue.enqueue(a_task(name, delay=timedelta(seconds=seconds)))
                assert handler.next_call().headers["X-CloudTasks-TaskName"] == name

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

    def test_calls_again_without_an_answer(self) -> None:
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

    def test_delivers_twice_if_configured_so(self, local: MakeLocal) -> None:
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

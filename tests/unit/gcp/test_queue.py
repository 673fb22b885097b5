"""What Cloud Tasks is asked, and what becomes of its answers: over gRPC, with the real client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from service.gcp.queue import CallBack, CloudTasksQueue
from service.ports import QueueUnavailableError, Task
from tests.builders import NOW

QUEUES = "projects/p/locations/l/queues"
GOOGLE = CallBack(
    base_url="https://1pixel.example", service_account="tasks@example.com", audience="tasks"
)
TASK = Task(name="a1b2", path="/tasks/send", body=b'{"n":1}')


@dataclass
class Server:
    """A Cloud Tasks that answers as told, and remembers what it was asked."""

    answers: list[grpc.StatusCode] = field(default_factory=list)
    asked: list[tasks_v2.CreateTaskRequest] = field(default_factory=list)

    def create(self, raw: bytes, context: Any) -> bytes:
        request = tasks_v2.CreateTaskRequest.deserialize(raw)
        self.asked.append(request)
        if self.answers:
            context.abort(self.answers.pop(0), "as told")
        return bytes(tasks_v2.Task.serialize(request.task))


@contextmanager
def a_queue(*answers: grpc.StatusCode, call_back: CallBack = GOOGLE) -> Iterator[tuple[Any, Any]]:
    told = Server(list(answers))
    method = grpc.unary_unary_rpc_method_handler(told.create)
    name = "google.cloud.tasks.v2.CloudTasks"
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(name, {"CreateTask": method})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
    yield told, CloudTasksQueue(
        client, queue=f"{QUEUES}/send", bulk_queue=f"{QUEUES}/bulk", call_back=call_back,
        clock=lambda: NOW,
    )  # fmt: skip
    channel.close()
    server.stop(None)


class TestATask:
    def test_calls_back_with_googles_token(self) -> None:
        with a_queue() as (told, queue):
            queue.enqueue(TASK)
        (request,) = told.asked
        http = request.task.http_request
        assert request.parent == f"{QUEUES}/send"
        assert request.task.name == f"{QUEUES}/send/tasks/a1b2"
        assert (http.url, http.body) == ("https://1pixel.example/tasks/send", b'{"n":1}')
        assert http.http_method == tasks_v2.HttpMethod.POST
        assert dict(http.headers) == {"Content-Type": "application/json"}
        assert http.oidc_token.service_account_email == "tasks@example.com"
        assert http.oidc_token.audience == "tasks"
        assert request.task.dispatch_deadline == timedelta(seconds=60)
        assert not request.task.schedule_time

    def test_carries_our_own_token_with_an_emulator(self) -> None:
        minting = CallBack(
            base_url="http://localhost", service_account="", audience="", mint_token=lambda: "ours"
        )
        with a_queue(call_back=minting) as (told, queue):
            queue.enqueue(TASK)
        http = told.asked[0].task.http_request
        assert http.headers["Authorization"] == "Bearer ours"
        assert not http.oidc_token.service_account_email

    def test_may_come_later_and_behind_everything_else(self) -> None:
        task = Task(name="x", path="/p", body=b"", delay=timedelta(minutes=3), is_bulk=True)
        with a_queue() as (told, queue):
            queue.enqueue(task)
        assert told.asked[0].parent == f"{QUEUES}/bulk"
        assert told.asked[0].task.schedule_time == NOW + timedelta(minutes=3)


class TestAnAnswer:
    def test_that_the_name_is_known_is_success(self) -> None:
        with a_queue(grpc.StatusCode.ALREADY_EXISTS) as (told, queue):
            queue.enqueue(TASK)
        assert len(told.asked) == 1

    @pytest.mark.parametrize(
        "answer", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED]
    )
    def test_that_may_be_lost_is_asked_for_again_under_the_same_name(
        self, answer: grpc.StatusCode
    ) -> None:
        with a_queue(answer, grpc.StatusCode.ALREADY_EXISTS) as (told, queue):
            queue.enqueue(TASK)
        assert [each.task.name for each in told.asked] == [f"{QUEUES}/send/tasks/a1b2"] * 2

    @pytest.mark.parametrize(
        "answer", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND]
    )
    def test_that_refuses_is_said_in_our_words(self, answer: grpc.StatusCode) -> None:
        with a_queue(answer) as (told, queue), pytest.raises(QueueUnavailableError):
            queue.enqueue(TASK)
        assert len(told.asked) == 1

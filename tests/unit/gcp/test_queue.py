"""Requests to Cloud Tasks and the handling of its answers, over gRPC with the real client."""

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import grpc
import pytest
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from service.domain.copies import replace
from service.gcp.queue import PATIENCE_SECONDS, TIMEOUT_SECONDS, CallBack, CloudTasksQueue
from service.ports import QueueUnavailableError, Task
from service.usecases.tasks import enqueue_steps, shop_task
from tests.builders import NOW, TENANT, a_record
from tests.ports import free_port

QUEUES = "projects/p/locations/l/queues"
GOOGLE = CallBack(
    base_url="https://1pixel.example", service_account="tasks@example.com", audience="tasks"
)
TASK = Task(name="a1b2", path="/tasks/send", body=b'{"n":1}')


@dataclass
class Server:
    """A Cloud Tasks server with scripted answers that records its requests."""

    answers: list[grpc.StatusCode] = field(default_factory=list)
    asked: list[tasks_v2.CreateTaskRequest] = field(default_factory=list)
    pinged: list[str] = field(default_factory=list)

    def create(self, raw: bytes, context: Any) -> bytes:
        request = tasks_v2.CreateTaskRequest.deserialize(raw)
        self.asked.append(request)
        if self.answers:
            context.abort(self.answers.pop(0), "as told")
        return bytes(tasks_v2.Task.serialize(request.task))

    def get(self, raw: bytes, context: Any) -> bytes:
        self.pinged.append(tasks_v2.GetQueueRequest.deserialize(raw).name)
        if self.answers:
            context.abort(self.answers.pop(0), "as told")
        return bytes(tasks_v2.Queue.serialize(tasks_v2.Queue(name=self.pinged[-1])))


@contextmanager
def a_queue(*answers: grpc.StatusCode, call_back: CallBack = GOOGLE) -> Iterator[tuple[Any, Any]]:
    told = Server(list(answers))
    methods = {"CreateTask": told.create, "GetQueue": told.get}
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()
    }
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("google.cloud.tasks.v2.CloudTasks", handlers)]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with queue_at(f"127.0.0.1:{port}", call_back) as queue:
        yield told, queue
    server.stop(None).wait()


@contextmanager
def queue_at(address: str, call_back: CallBack = GOOGLE) -> Iterator[CloudTasksQueue]:
    with grpc.insecure_channel(address) as channel:
        client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        yield CloudTasksQueue(
            client, queue=f"{QUEUES}/send", bulk_queue=f"{QUEUES}/bulk", call_back=call_back,
            clock=lambda: NOW,
        )  # fmt: skip


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
        assert "schedule_time" not in request.task

    def test_carries_our_own_token_with_an_emulator(self) -> None:
        minting = CallBack(
            base_url="http://localhost", service_account="", audience="", mint_token=lambda: "ours"
        )
        with a_queue(call_back=minting) as (told, queue):
            queue.enqueue(TASK)
        http = told.asked[0].task.http_request
        assert http.headers["Authorization"] == "Bearer ours"
        assert "oidc_token" not in http

    def test_carries_a_fresh_token_of_our_own_each_time(self) -> None:
        tokens = iter(["first", "second"])
        minting = replace(GOOGLE, mint_token=lambda: next(tokens))
        with a_queue(call_back=minting) as (told, queue):
            queue.enqueue(TASK)
            queue.enqueue(TASK)
        carried = [each.task.http_request.headers["Authorization"] for each in told.asked]
        assert carried == ["Bearer first", "Bearer second"]

    def test_carries_its_body_byte_by_byte(self) -> None:
        body = bytes(range(256))
        with a_queue() as (told, queue):
            queue.enqueue(replace(TASK, body=body))
        assert told.asked[0].task.http_request.body == body

    def test_has_a_name_that_cloud_tasks_takes_and_that_says_nothing(self) -> None:
        with a_queue() as (told, queue):
            enqueue_steps(a_record(), queue=queue)
            queue.enqueue(shop_task(TENANT, due_at=NOW))
        names = [each.task.name.removeprefix(f"{QUEUES}/send/tasks/") for each in told.asked]
        assert len(set(names)) == 2
        assert all(re.fullmatch("[0-9a-f]{16,500}", name) for name in names)

    def test_may_come_later_and_behind_everything_else(self) -> None:
        task = Task(name="x", path="/p", body=b"", delay=timedelta(minutes=3), is_bulk=True)
        with a_queue() as (told, queue):
            queue.enqueue(task)
        assert told.asked[0].parent == f"{QUEUES}/bulk"
        assert told.asked[0].task.name == f"{QUEUES}/bulk/tasks/x"
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
        "answer",
        [
            grpc.StatusCode.PERMISSION_DENIED,
            grpc.StatusCode.NOT_FOUND,
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            grpc.StatusCode.INVALID_ARGUMENT,
        ],
    )
    def test_that_refuses_raises_queue_unavailable(self, answer: grpc.StatusCode) -> None:
        with a_queue(answer) as (told, queue), pytest.raises(QueueUnavailableError):
            queue.enqueue(TASK)
        assert len(told.asked) == 1

    def test_that_is_lost_and_then_refused_raises_queue_unavailable(self) -> None:
        answers = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.PERMISSION_DENIED)
        with a_queue(*answers) as (told, queue), pytest.raises(QueueUnavailableError):
            queue.enqueue(TASK)
        assert len(told.asked) == 2

    @pytest.mark.thorough
    def test_that_never_comes_or_is_always_the_same_is_not_waited_for_long(self) -> None:
        def patience(queue: CloudTasksQueue) -> float:
            began = monotonic()
            with pytest.raises(QueueUnavailableError):
                queue.enqueue(TASK)
            return monotonic() - began

        refusing = a_queue(*[grpc.StatusCode.UNAVAILABLE] * 1000)
        with (
            socket.create_server(("127.0.0.1", 0)) as listener,
            queue_at(f"127.0.0.1:{listener.getsockname()[1]}") as silent,
            queue_at(f"127.0.0.1:{free_port()}") as dead,
            refusing as (told, away),
            ThreadPoolExecutor(3) as pool,
        ):
            waited = list(pool.map(patience, [silent, dead, away]))
        assert max(waited) < PATIENCE_SECONDS + TIMEOUT_SECONDS
        assert 5 < len(told.asked) < 50


class TestPing:
    def test_asks_for_the_queue(self) -> None:
        with a_queue() as (told, queue):
            queue.ping()
        assert told.pinged == [f"{QUEUES}/send"]
        assert not told.asked

    @pytest.mark.parametrize(
        "answer", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND]
    )
    def test_raises_queue_unavailable(self, answer: grpc.StatusCode) -> None:
        with a_queue(answer) as (told, queue), pytest.raises(QueueUnavailableError):
            queue.ping()
        assert len(told.pinged) == 1

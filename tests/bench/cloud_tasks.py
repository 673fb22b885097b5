"""A Cloud Tasks whose queues call as those of `deploy/setup.sh` do, in a process of its own.

`python -m tests.bench.cloud_tasks PORT`. The emulator of the other areas calls one task of a queue
at a time, and again at once if it fails. This one has so many calls under way as one instance's
queues, pauses after a failure, and takes a name once. It does not slow down on 429 and 503, but
tells of them. It knows no other methods than the service uses.

Reference: google.cloud.tasks.v2, CreateTask and GetQueue; gRPC for Python, `GenericRpcHandler`.
"""

import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Event, Thread, local
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import grpc
import msgspec
from google.cloud.tasks_v2.types import CreateTaskRequest, GetQueueRequest, Queue, Task

from tests.bench.stopwatch import ROOT
from tests.ports import free_port

QUEUES = {"send": 6, "bulk": 2}
"""The queues, and how many calls of each are under way at once."""

_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 30.0, 120.0
_DEADLINE_SECONDS = 60.0
_SERVICE, _SEEN = "/google.cloud.tasks.v2.CloudTasks/", "/bench/Seen"


class Seen(msgspec.Struct, kw_only=True):
    """What became of a queue's tasks; times are of the clock that all processes share.

    `longest_wait` is the longest that a task was ready and not called, which ended at
    `longest_wait_at`. `refused` has the time and status of each answer that was not 2xx, 0 if
    there was none.
    """

    waiting: int = 0
    called: int = 0
    longest_wait: float = 0.0
    longest_wait_at: float = 0.0
    refused: list[tuple[float, int]] = []


class Dispatcher:
    """A queue that has `width` calls under way at most. `call` returns the answer's status."""

    def __init__(self, width: int, call: Callable[[Task], int]) -> None:
        self._call = call
        self._ready: list[tuple[float, int, int, Task]] = []
        self._changed = Condition()
        self._names: set[str] = set()
        self._numbers = count()
        self._seen = Seen()
        for _ in range(width):
            Thread(target=self._work, daemon=True).start()

    def add(self, task: Task) -> bool:
        """Take the task; return whether its name is new."""
        with self._changed:
            if task.name in self._names:
                return False
            self._names.add(task.name)
            self._push(task, after=_delay(task), tries=0)
            return True

    def seen(self) -> Seen:
        """Return what became of the tasks."""
        with self._changed:
            refused = list(self._seen.refused)
            return msgspec.structs.replace(self._seen, waiting=len(self._ready), refused=refused)

    def _work(self) -> None:
        while True:
            task, tries = self._next()
            status = self._call(task)
            with self._changed:
                self._seen.called += 1
                if not 200 <= status < 300:
                    self._seen.refused.append((monotonic(), status))
                    pause = min(_PAUSE_SECONDS * 2**tries, _LONGEST_PAUSE_SECONDS)
                    self._push(task, after=pause, tries=tries + 1)

    def _next(self) -> tuple[Task, int]:
        """Wait for a task that is ready, and take it."""
        with self._changed:
            while not self._ready or (early := self._ready[0][0] - monotonic()) > 0:
                self._changed.wait(early if self._ready else None)
            ready_at, _, tries, task = heappop(self._ready)
            if (waited := monotonic() - ready_at) > self._seen.longest_wait:
                self._seen.longest_wait, self._seen.longest_wait_at = waited, monotonic()
            return task, tries

    def _push(self, task: Task, *, after: float, tries: int) -> None:
        heappush(self._ready, (monotonic() + after, next(self._numbers), tries, task))
        self._changed.notify()


class Tasks:
    """The running Cloud Tasks, by its address."""

    def __init__(self, address: str) -> None:
        self.address = address

    def seen(self) -> dict[str, Seen]:
        """Return what became of each queue's tasks."""
        with grpc.insecure_channel(self.address) as channel:
            answer: bytes = channel.unary_unary(_SEEN)(b"", timeout=30)
        return msgspec.json.decode(answer, type=dict[str, Seen])


@contextmanager
def cloud_tasks() -> Iterator[Tasks]:
    """Lend a running one."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.cloud_tasks", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own command
        try:
            assert process.stdout
            process.stdout.readline()
            yield Tasks(f"127.0.0.1:{port}")
        finally:
            process.kill()


class _Api(grpc.GenericRpcHandler):  # type: ignore[misc]  # the library has no types
    def __init__(self) -> None:
        self._queues = {name: Dispatcher(width, Caller()) for name, width in QUEUES.items()}

    def service(self, call: Any) -> Any:
        handle = grpc.unary_unary_rpc_method_handler
        match call.method.removeprefix(_SERVICE):
            case "CreateTask":
                return handle(self._create, CreateTaskRequest.deserialize, Task.serialize)
            case "GetQueue":
                return handle(self._get, GetQueueRequest.deserialize, Queue.serialize)
            case _:
                return handle(self._tell) if call.method == _SEEN else None

    def _create(self, asked: CreateTaskRequest, context: grpc.ServicerContext) -> Task:
        if not self._queues[asked.parent.rpartition("/")[2]].add(asked.task):
            context.abort(grpc.StatusCode.ALREADY_EXISTS, "the queue has had this name")
        return asked.task

    def _get(self, asked: GetQueueRequest, _: grpc.ServicerContext) -> Queue:
        return Queue(name=asked.name)

    def _tell(self, _: bytes, __: grpc.ServicerContext) -> bytes:
        return msgspec.json.encode({name: each.seen() for name, each in self._queues.items()})


class Caller:
    """Calls tasks; each thread keeps its connection."""

    def __init__(self) -> None:
        self._kept = local()

    def __call__(self, task: Task) -> int:
        """Call the task; return the answer's status, or 0 if there was none."""
        request = task.http_request
        try:
            return self._post(request.url, request.body, dict(request.headers))
        except (OSError, http.client.HTTPException):
            self._kept.connection = None
            return 0

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        address = urlsplit(url)
        connection: http.client.HTTPConnection | None = getattr(self._kept, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(
                address.hostname or "", address.port, timeout=_DEADLINE_SECONDS
            )
            self._kept.connection = connection
        connection.request("POST", address.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def _delay(task: Task) -> float:
    at: datetime | None = task.schedule_time
    return max(0.0, (at - datetime.now(UTC)).total_seconds()) if at else 0.0


def _serve(port: int) -> None:
    server = grpc.server(ThreadPoolExecutor(16))
    server.add_generic_rpc_handlers((_Api(),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    print("ready", flush=True)
    Event().wait()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))

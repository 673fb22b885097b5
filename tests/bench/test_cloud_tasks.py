"""The stand-in of Cloud Tasks: how many calls are under way, names, and calls that fail."""

from queue import Empty, SimpleQueue

import pytest
from google.cloud.tasks_v2.types import Task

from tests.bench.cloud_tasks import Dispatcher
from tests.e2e.harness import eventually

PATIENCE, SOON = 10, 0.1


class Handler:
    """Holds each call until it is told the answer."""

    def __init__(self) -> None:
        self.called: SimpleQueue[str] = SimpleQueue()
        self.answers: SimpleQueue[int] = SimpleQueue()

    def __call__(self, task: Task) -> int:
        self.called.put(task.name)
        return self.answers.get()


def test_has_as_many_calls_under_way_as_it_is_wide() -> None:
    handler = Handler()
    queue = Dispatcher(2, handler)
    for name in "abc":
        queue.add(Task(name=name))

    under_way = {handler.called.get(timeout=PATIENCE) for _ in range(2)}

    assert under_way == {"a", "b"}
    with pytest.raises(Empty):
        handler.called.get(timeout=SOON)
    handler.answers.put(200)
    assert handler.called.get(timeout=PATIENCE) == "c"
    for _ in under_way:
        handler.answers.put(200)


def test_takes_a_name_once() -> None:
    queue = Dispatcher(0, Handler())

    assert [queue.add(Task(name="a")), queue.add(Task(name="a"))] == [True, False]
    assert queue.seen().waiting == 1


def test_keeps_what_failed_for_a_later_call_and_tells_of_it() -> None:
    handler = Handler()
    queue = Dispatcher(1, handler)
    handler.answers.put(424)
    queue.add(Task(name="a"))

    seen = eventually(lambda: each if (each := queue.seen()).called else None)

    assert [status for _, status in seen.refused] == [424]
    assert seen.waiting == 1

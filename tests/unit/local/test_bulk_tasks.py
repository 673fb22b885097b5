"""Bulk tasks give way to all others, as in a queue of their own."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from service.local.queue import LocalQueue
from service.ports import Task
from tests.contract.handler import PATIENCE, Handler, a_handler


@pytest.fixture
def handler() -> Iterator[Handler]:
    with a_handler() as handler:
        yield handler


def test_bulk_tasks_keep_no_others_waiting(handler: Handler) -> None:
    handler.held = b"bulk"
    queue = LocalQueue(
        base_url=handler.url, mint_token=lambda: "signed", min_backoff=timedelta(seconds=1)
    )

    def enqueue(what: str, *, is_bulk: bool) -> None:
        for number in range(20):
            name = f"{what}-{number}"
            queue.enqueue(Task(name=name, path="/", body=what.encode(), is_bulk=is_bulk))

    def arrived(number: int) -> list[bytes]:
        return [handler.arrived.get(timeout=PATIENCE) for _ in range(number)]

    with closing(queue):
        enqueue("bulk", is_bulk=True)
        begun = arrived(8)
        enqueue("other", is_bulk=False)
        others = arrived(20)
        handler.released.set()
        rest = arrived(12)
    assert (begun, set(others), set(rest)) == ([b"bulk"] * 8, {b"other"}, {b"bulk"})

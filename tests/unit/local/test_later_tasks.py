"""A dispatcher that waits for a later task takes an earlier one that comes meanwhile."""

from contextlib import closing
from datetime import timedelta

from service.local.queue import LocalQueue
from service.ports import Task
from tests.contract.handler import PATIENCE, a_handler


def a_task(name: str, delay: timedelta) -> Task:
    return Task(name=name, path="/", body=name.encode(), delay=delay)


def test_a_task_is_delivered_before_all_that_waits() -> None:
    with a_handler() as handler:
        handler.held = b"held"
        queue = LocalQueue(
            base_url=handler.url, mint_token=lambda: "signed", min_backoff=timedelta(seconds=1)
        )
        with closing(queue):
            queue.enqueue(a_task("last", timedelta(hours=1)))
            queue.enqueue(a_task("held", timedelta(seconds=0.2)))
            assert handler.arrived.get(timeout=PATIENCE) == b"held"
            # All other dispatchers now wait for the hour to pass.
            queue.enqueue(a_task("soon", timedelta(seconds=0.1)))

            assert handler.arrived.get(timeout=PATIENCE) == b"soon"
            handler.released.set()

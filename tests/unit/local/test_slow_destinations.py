"""Tasks of a destination that limits its calls wait for room, and keep no others waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from service.local.queue import LocalQueue
from service.ports import CALLS_AT_ONCE, Task
from tests.contract.handler import PATIENCE, Handler, a_handler


@contextmanager
def one_dispatcher(
    *, is_bulk: bool = False, limited_for: timedelta = timedelta(hours=1)
) -> Iterator[Handler]:
    """Lend the handler of a queue that has one dispatcher left while a slow call is under way.

    The next call to the same destination is refused, with a limit of one.
    """
    with a_handler(424) as handler:  # the held call takes its answer later
        handler.held = b"held"
        handler.headers = {CALLS_AT_ONCE: "1"}
        queue = LocalQueue(
            base_url=handler.url,
            mint_token=lambda: "signed",
            min_backoff=timedelta(hours=1),
            limited_for=limited_for,
            threads=4 if is_bulk else 2,  # two of the four are kept from bulk
        )

        def enqueue(name: str, destination: str) -> None:
            body = name.encode()
            queue.enqueue(
                Task(name=name, path="/", body=body, is_bulk=is_bulk, destination=destination)
            )

        enqueue("held", "slow")
        assert arrived(handler, 1) == [b"held"]
        for name in ("refused", "second", "third"):
            enqueue(name, "slow")
        enqueue("other", "quick")
        yield handler
        handler.released.set()
        queue.close()


def arrived(handler: Handler, number: int) -> list[bytes]:
    return [handler.arrived.get(timeout=PATIENCE) for _ in range(number)]


@pytest.mark.parametrize("is_bulk", [False, True])
def test_they_wait_until_a_call_has_ended(*, is_bulk: bool) -> None:
    with one_dispatcher(is_bulk=is_bulk) as handler:
        assert arrived(handler, 2) == [b"refused", b"other"]
        handler.released.set()

        assert arrived(handler, 2) == [b"second", b"third"]
        assert handler.arrived.empty()


def test_they_wait_for_a_while_only() -> None:
    with one_dispatcher(limited_for=timedelta(0)) as handler:
        assert arrived(handler, 4) == [b"refused", b"second", b"third", b"other"]

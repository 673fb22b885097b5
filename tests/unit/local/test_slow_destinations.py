"""Tasks of a destination that limits its calls wait for room, and keep no others waiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from service.local import queue as local_queue
from service.local.queue import LocalQueue
from service.ports import CALLS_AT_ONCE, Task
from tests.contract.handler import PATIENCE, Handler, a_handler


@contextmanager
def two_dispatchers(*, is_bulk: bool = False) -> Iterator[Handler]:
    """Lend the handler of a queue whose second call is refused while its first is under way."""
    # The held call takes its answer last.
    with a_handler(424) as handler:
        handler.held = b"held"
        handler.headers = {CALLS_AT_ONCE: "1"}
        queue = LocalQueue(
            base_url=handler.url,
            mint_token=lambda: "signed",
            min_backoff=timedelta(hours=1),
            threads=2,
        )
        for name, destination in (
            ("held", "slow"),
            ("refused", "slow"),
            ("second", "slow"),
            ("third", "slow"),
            ("other", "quick"),
        ):
            queue.enqueue(
                Task(
                    name=name,
                    path="/",
                    body=name.encode(),
                    is_bulk=is_bulk,
                    destination=destination,
                )
            )
        yield handler
        handler.released.set()
        queue.close()


def arrived(handler: Handler, number: int) -> list[bytes]:
    return [handler.arrived.get(timeout=PATIENCE) for _ in range(number)]


@pytest.mark.parametrize("is_bulk", [False, True])
def test_they_wait_until_a_call_has_ended(*, is_bulk: bool) -> None:
    with two_dispatchers(is_bulk=is_bulk) as handler:
        assert set(arrived(handler, 2)) == {b"held", b"refused"}
        assert arrived(handler, 1) == [b"other"]
        handler.released.set()

        assert arrived(handler, 2) == [b"second", b"third"]
        assert handler.arrived.empty()


def test_they_wait_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_queue, "_LIMITED_SECONDS", 0.0)
    with two_dispatchers() as handler:
        assert set(arrived(handler, 2)) == {b"held", b"refused"}

        assert arrived(handler, 3) == [b"second", b"third", b"other"]

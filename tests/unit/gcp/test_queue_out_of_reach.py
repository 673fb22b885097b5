"""Enqueueing while Cloud Tasks does not answer, with a fake client."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest
from google.api_core import exceptions

from service.domain.copies import replace
from service.gcp.queue import LEFT_ALONE_FOR, CloudTasksQueue
from service.infra.logs import JsonLines
from service.ports import QueueUnavailableError
from tests.builders import Clock
from tests.unit.gcp.test_queue import GOOGLE, TASK

errors: Any = exceptions  # their constructors have no types


@dataclass
class SilentClient:
    """A client with scripted failures that then accepts every task."""

    script: list[Exception] = field(default_factory=list)
    asked: int = 0
    meanwhile: Callable[[], object] = lambda: None

    def create_task(self, **_: object) -> None:
        self.asked += 1
        self.meanwhile()
        if self.script:
            raise self.script.pop(0)


def a_queue_of(*script: Exception, mint_token: Callable[[], str] = lambda: "ours") -> Any:
    client, clock = SilentClient(list(script)), Clock()
    queue = CloudTasksQueue(
        cast("Any", client), queue="send", bulk_queue="bulk", clock=clock,
        call_back=replace(GOOGLE, mint_token=mint_token),
    )  # fmt: skip
    return client, clock, queue


NO_ANSWER = errors.RetryError("waited in vain", errors.DeadlineExceeded("as told"))


def refuses(queue: CloudTasksQueue) -> bool:
    try:
        queue.enqueue(TASK)
    except QueueUnavailableError:
        return True
    return False


class TestAQueueOutOfReach:
    def test_is_waited_for_once_and_then_left_alone(self) -> None:
        client, clock, queue = a_queue_of(NO_ANSWER)
        assert refuses(queue)
        clock.advance(LEFT_ALONE_FOR - timedelta(milliseconds=1))
        assert all(refuses(queue) for _ in range(20))
        assert client.asked == 1

    @pytest.mark.parametrize(
        "outcome", [errors.ServiceUnavailable("x"), errors.DeadlineExceeded("x")]
    )
    def test_is_whatever_gave_no_answer(self, outcome: Exception) -> None:
        client, _, queue = a_queue_of(outcome)
        assert refuses(queue)
        assert refuses(queue)
        assert client.asked == 1

    def test_is_tried_with_one_task_while_all_others_fail_at_once(self) -> None:
        client, clock, queue = a_queue_of(NO_ANSWER, NO_ANSWER)
        assert refuses(queue)
        clock.advance(LEFT_ALONE_FOR)
        others: list[bool] = []
        client.meanwhile = lambda: others.append(refuses(queue))
        assert refuses(queue)
        assert others == [True]
        assert refuses(queue)
        assert client.asked == 2

    @pytest.mark.parametrize("outcome", [None, errors.AlreadyExists("x"), errors.NotFound("x")])
    def test_is_within_reach_again_after_any_answer(self, outcome: Exception | None) -> None:
        client, clock, queue = a_queue_of(NO_ANSWER, *([outcome] if outcome else []))
        assert refuses(queue)
        clock.advance(LEFT_ALONE_FOR)
        refuses(queue)
        assert not any(refuses(queue) for _ in range(3))
        assert client.asked == 5

    def test_is_not_one_that_refuses_a_task(self) -> None:
        client, _, queue = a_queue_of(errors.InvalidArgument("x"))
        assert refuses(queue)
        assert not refuses(queue)
        assert client.asked == 2

    def test_is_tried_again_after_a_task_that_could_not_even_be_made(self) -> None:
        broken: list[Exception] = []

        def mint() -> str:
            if broken:
                raise broken.pop()
            return "ours"

        client, clock, queue = a_queue_of(NO_ANSWER, mint_token=mint)
        assert refuses(queue)
        clock.advance(LEFT_ALONE_FOR)
        broken.append(LookupError())
        with pytest.raises(LookupError):
            queue.enqueue(TASK)
        clock.advance(LEFT_ALONE_FOR)
        assert not refuses(queue)
        assert client.asked == 2

    def test_is_in_the_log_once_without_what_was_asked(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        error = errors.RetryError("casey@example.com", errors.DeadlineExceeded("casey"))
        _, _, queue = a_queue_of(error)
        with caplog.at_level(logging.INFO):
            assert all(refuses(queue) for _ in range(3))
        (line,) = [JsonLines().format(each) for each in caplog.records]
        assert '"queue.unavailable"' in line
        assert '"RetryError"' in line
        assert "casey" not in line

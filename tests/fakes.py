"""Ports without a world behind them, for tests of the layers above."""

from collections.abc import Callable
from dataclasses import dataclass, field

from service.domain.event import Event
from service.domain.verdict import Verdict
from service.ports import NotAllowedCallerError, NotOurQueueError, QueueUnavailableError, Task
from tests.builders import ACCEPTED


@dataclass
class ListQueue:
    """A queue that keeps its tasks for the test to deliver, and can be down."""

    tasks: list[Task] = field(default_factory=list)
    is_down: bool = False

    def enqueue(self, task: Task) -> None:
        self.ping()
        if task.name not in {known.name for known in self.tasks}:
            self.tasks.append(task)

    def ping(self) -> None:
        if self.is_down:
            raise QueueUnavailableError("the queue did not answer")


@dataclass
class ScriptedConversions:
    """A vendor that gives the answers of a script, then accepts everything."""

    script: list[Verdict] = field(default_factory=list)
    sent: list[tuple[Event, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def send(self, event: Event, *, pixel_id: str, token: str) -> Verdict:
        self.sent.append((event, pixel_id, token))
        self.meanwhile()
        return self.script.pop(0) if self.script else ACCEPTED


class OneCaller:
    """Knows one token, and one of an account that may not call."""

    token = "the-queue"
    others_token = "somebody-else"

    def verify(self, token: str) -> None:
        if token == self.others_token:
            raise NotAllowedCallerError("this account may not call the task handlers")
        if token != self.token:
            raise NotOurQueueError("the caller's token does not hold")

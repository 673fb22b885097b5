"""What tasks say, for tests that look at the queue."""

from typing import TypeVar

from service.ports import Task
from service.usecases.tasks import TaskBody, parse_task

BodyT = TypeVar("BodyT", bound=TaskBody)


def body_of(task: Task, kind: type[BodyT]) -> BodyT:
    """Return the task's body, which is of this kind."""
    body = parse_task(task.body)
    assert isinstance(body, kind)
    return body

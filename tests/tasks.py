"""Decoding of tasks' bodies, for tests that inspect the queue."""

from typing import TypeVar

from service.ports import Task
from service.usecases.task_bodies import TaskBody, parse_task

BodyT = TypeVar("BodyT", bound=TaskBody)


def body_of(task: Task, kind: type[BodyT]) -> BodyT:
    """Return the task's body as a `kind`."""
    body = parse_task(task.body)
    assert isinstance(body, kind)
    return body

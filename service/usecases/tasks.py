"""The bodies of tasks: written by one deploy, perhaps read by the next, so tolerant of both."""

from dataclasses import dataclass

import msgspec

from service.domain.delivery import Delivery
from service.domain.idempotency import task_name
from service.domain.record import EventRecord
from service.domain.tenant import Role
from service.ports import Task

SEND_PATH = "/tasks/send"


class MalformedTaskError(ValueError):
    """A task body that no version of ours wrote; trying it again would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """Which delivery to attempt: ids only, no personal data."""

    tenant_id: str
    event_key: str
    role: Role


def send_task(record: EventRecord, role: Role, delivery: Delivery) -> Task:
    """Return the task for this step of the delivery; the same step gives the same task."""
    due_at = delivery.due_at or record.updated_at
    return Task(
        name=task_name(record.tenant_id, record.key, role, due_at=due_at),
        path=SEND_PATH,
        body=msgspec.json.encode(
            SendTask(tenant_id=record.tenant_id, event_key=record.key, role=role)
        ),
    )


def parse_send_task(body: bytes) -> SendTask:
    """Return the task in this body; unknown keys are a newer version's business.

    Raises:
        MalformedTaskError: the body names no delivery.
    """
    try:
        return msgspec.json.decode(body, type=SendTask)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedTaskError("the task names no delivery") from error

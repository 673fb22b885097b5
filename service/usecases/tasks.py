"""The bodies of tasks: written by one deploy, perhaps read by the next, so tolerant of both."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import msgspec

from service.domain.delivery import DeliveryStatus
from service.domain.idempotency import task_name
from service.domain.job import JobKind
from service.domain.record import EventRecord
from service.domain.tenant import Role
from service.ports import Place, Queue, Task

SEND_PATH = "/tasks/send"
RESOLVE_PATH = "/tasks/resolve"

BodyT = TypeVar("BodyT")


class MalformedTaskError(ValueError):
    """A task body that no version of ours wrote; trying it again would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTask:
    """Which delivery to attempt: ids only, no personal data."""

    tenant_id: str
    event_key: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a way through a tenant's waiting events has come.

    `next_at` is when the first may go on of those that it has passed.
    """

    after: Place | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveTask:
    """What to find out: what an event's object is or, where no event is named, `about` what.

    The shop's public facts, whether we are installed there, what may go on of what waits, what its
    people are to be told, or the rows that the next step of a `job` is about.
    """

    tenant_id: str
    event_key: str | None = None
    about: Literal["shop", "installation", "waiting", "alerts", "job"] = "shop"
    walk: Walk | None = None
    job: JobKind | None = None


def enqueue_steps(
    record: EventRecord,
    *,
    queue: Queue,
    roles: Collection[Role] | None = None,
    is_bulk: bool = False,
) -> None:
    """Enqueue what is to be done next: the lookup, or the queued deliveries.

    `roles` names the deliveries instead; a wait or a pause may end.

    Raises:
        QueueUnavailableError: some of it is not enqueued; the sweep will do it.
    """
    if record.lookup:
        queue.enqueue(lookup_task(record))
    if roles is None:
        deliveries = record.deliveries.items()
        roles = [role for role, each in deliveries if each.status is DeliveryStatus.QUEUED]
    for role in roles:
        queue.enqueue(_send_task(record, role, is_bulk=is_bulk))


def lookup_task(
    record: EventRecord, *, delay: timedelta = timedelta(0), is_bulk: bool = False
) -> Task:
    """Return the task for this step of the record's lookup."""
    body = ResolveTask(tenant_id=record.tenant_id, event_key=record.key)
    due_at = record.due_at or record.updated_at
    return Task(
        name=task_name(record.tenant_id, record.key, "resolve", due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
        delay=delay,
        is_bulk=is_bulk,
    )


def shop_task(tenant_id: str, *, due_at: datetime) -> Task:
    """Return the task that asks the shop for its public facts."""
    return Task(
        name=task_name(tenant_id, "shop", due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(ResolveTask(tenant_id=tenant_id)),
    )


def installation_task(tenant_id: str, *, due_at: datetime, delay: timedelta = timedelta(0)) -> Task:
    """Return the task that asks the shop whether we are still let in."""
    body = ResolveTask(tenant_id=tenant_id, about="installation")
    return Task(
        name=task_name(tenant_id, "installation", due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
        delay=delay,
    )


def waiting_task(tenant_id: str, *, due_at: datetime, by: str, walk: Walk | None = None) -> Task:
    """Return the task that looks through what waits for the tenant's pixels, from there on.

    `by` tells two that ask for it at the same moment apart.
    """
    body = ResolveTask(tenant_id=tenant_id, about="waiting", walk=walk)
    return Task(
        name=task_name(tenant_id, "waiting", by, due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
    )


def alerts_task(tenant_id: str, *, due_at: datetime, by: str) -> Task:
    """Return the task that looks whether the tenant's people are to be told of something.

    `by` tells two that ask for it at the same moment apart.
    """
    body = ResolveTask(tenant_id=tenant_id, about="alerts")
    return Task(
        name=task_name(tenant_id, "alerts", by, due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
    )


def job_task(
    tenant_id: str,
    kind: JobKind,
    *,
    due_at: datetime,
    by: str,
    delay: timedelta = timedelta(0),
) -> Task:
    """Return the task that does the next step of the tenant's job; `by` tells steps apart."""
    body = ResolveTask(tenant_id=tenant_id, about="job", job=kind)
    return Task(
        name=task_name(tenant_id, "job", kind, by, due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
        delay=delay,
        is_bulk=True,
    )


def parse_task(body: bytes, kind: type[BodyT]) -> BodyT:
    """Return the task in this body; unknown keys are a newer version's business.

    Raises:
        MalformedTaskError: the body is no such task.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedTaskError("the body is no such task") from error


def _send_task(record: EventRecord, role: Role, *, is_bulk: bool) -> Task:
    # The same step gives the same task.
    due_at = record.deliveries[role].due_at or record.updated_at
    body = SendTask(tenant_id=record.tenant_id, event_key=record.key, role=role)
    return Task(
        name=task_name(record.tenant_id, record.key, role, due_at=due_at),
        path=SEND_PATH,
        body=msgspec.json.encode(body),
        is_bulk=is_bulk,
    )

"""Make tasks, and give them to the queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EventName
from service.domain.events.idempotency import task_name
from service.domain.records.job import JobKind
from service.domain.records.record import EventRecord
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from service.ports import Queue, Stored, Task
from service.usecases.cursors import ListCursor, ReleaseCursor
from service.usecases.task_bodies import (
    MOST_BYTES,
    RESOLVE_PATH,
    SEND_PATH,
    AnyTask,
    CheckInstallation,
    CountEvents,
    ListChanges,
    LookUpObject,
    NotifyAlerts,
    ReadShop,
    ReleaseParked,
    SendDelivery,
    WorkOnJob,
)

_MOST_CARRIED = MOST_BYTES // 2


def enqueue_steps(
    record: EventRecord,
    *,
    queue: Queue,
    roles: Sequence[Role] | None = None,
    is_bulk: bool = False,
    carried: Stored | None = None,
) -> None:
    """Enqueue the record's next steps: its look-up, and its queued deliveries.

    With `roles`, the deliveries of these roles are enqueued in any status. A record that is
    `carried` goes with the tasks of its deliveries; it is one that was just created, or is not
    stored yet (`unstored`).

    Raises:
        QueueUnavailableError: some steps are not enqueued; the sweep will enqueue them.
    """
    if record.lookup and record.lookup.is_open(record.updated_at):
        queue.enqueue(lookup_task(record, is_bulk=is_bulk))
    if roles is None:
        deliveries = record.deliveries.items()
        roles = [role for role, each in deliveries if each.status is DeliveryStatus.QUEUED]
    taken = carried if carried and _is_worth_carrying(carried) else None
    for role in roles:
        queue.enqueue(_send_task(record, role, is_bulk=is_bulk, carried=taken))


def unstored(record: EventRecord) -> Stored:
    """Return the record as if it had been read; the empty revision says that it is not stored."""
    return Stored(record, revision="", document=b"")


def _is_worth_carrying(carried: Stored) -> bool:
    """Tell whether the record can go with its task, and is likely unchanged when that runs.

    Of two pixels' attempts the second finds the record changed by the first.
    """
    if not carried.revision:
        return True
    return len(carried.record.deliveries) == 1 and len(carried.document) <= _MOST_CARRIED


def postponed_task(record: EventRecord, role: Role, *, until: datetime, now: datetime) -> Task:
    """Return the task that attempts the role's delivery at that time."""
    body = SendDelivery(tenant_id=record.tenant_id, event_key=record.key, role=role)
    return Task(
        name=task_name(record.tenant_id, record.key, role, "later", due_at=until),
        path=SEND_PATH,
        body=msgspec.json.encode(body),
        delay=until - now,
        is_bulk=_is_club_charge(record),
        destination=body.pixel,
    )


def lookup_task(
    record: EventRecord, *, delay: timedelta = timedelta(0), is_bulk: bool = False
) -> Task:
    """Return the task for the next try of the record's look-up."""
    is_unproven, is_planned = record.is_unproven, bool(record.lookup and record.lookup.is_planned)
    body = LookUpObject(tenant_id=record.tenant_id, event_key=record.key, is_background=is_unproven)
    return Task(
        name=task_name(
            record.tenant_id, record.key, "resolve", due_at=record.due_at or record.updated_at
        ),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
        delay=delay,
        is_bulk=is_bulk
        or is_unproven
        or is_planned
        or record.needs_refetch
        or _is_club_charge(record),
    )


def shop_task(
    tenant_id: str, *, due_at: datetime, delay: timedelta = timedelta(0), tries: int = 0
) -> Task:
    """Return the task that reads the shop's public facts, after it did not answer `tries` times."""
    return _task(ReadShop(tenant_id=tenant_id, tries=tries), "shop", due_at=due_at, delay=delay)


def installation_task(tenant_id: str, *, due_at: datetime, delay: timedelta = timedelta(0)) -> Task:
    """Return the task that checks whether the shop still grants us access."""
    body = CheckInstallation(tenant_id=tenant_id)
    return _task(body, "installation", due_at=due_at, delay=delay)


def release_task(
    tenant_id: str, *, due_at: datetime, by: str, cursor: ReleaseCursor | None = None
) -> Task:
    """Return the task that rechecks the tenant's waiting deliveries behind the cursor.

    `by` makes the task's name unique among those of the same moment.
    """
    return _task(ReleaseParked(tenant_id=tenant_id, cursor=cursor), "waiting", by, due_at=due_at)


def changes_task(
    tenant_id: str,
    *,
    due_at: datetime,
    by: str,
    delay: timedelta = timedelta(0),
    cursor: ListCursor | None = None,
) -> Task:
    """Return the task that lists the shop's changes from the cursor on.

    `by` makes the task's name unique among those of the same moment.
    """
    body = ListChanges(tenant_id=tenant_id, cursor=cursor)
    return _task(body, "changes", by, due_at=due_at, delay=delay, is_bulk=True)


def alerts_task(tenant_id: str, *, due_at: datetime, by: str) -> Task:
    """Return the task that checks the tenant's alerts and notifies the merchant.

    `by` makes the task's name unique among those of the same moment.
    """
    return _task(NotifyAlerts(tenant_id=tenant_id), "alerts", by, due_at=due_at)


def counting_task(tenant_id: str, *, due_at: datetime, by: str) -> Task:
    """Return the task that counts the winery's events.

    `by` makes the task's name unique among those of the same moment.
    """
    return _task(CountEvents(tenant_id=tenant_id), "counting", by, due_at=due_at, is_bulk=True)


def job_task(
    tenant_id: str,
    kind: JobKind,
    *,
    due_at: datetime,
    by: str,
    delay: timedelta = timedelta(0),
) -> Task:
    """Return the task that does the job's next step; `by` makes its name unique to the step."""
    body = WorkOnJob(tenant_id=tenant_id, job=kind)
    return _task(body, "job", kind, by, due_at=due_at, delay=delay, is_bulk=True)


def _task(
    body: AnyTask,
    *names: str,
    due_at: datetime,
    delay: timedelta = timedelta(0),
    is_bulk: bool = False,
) -> Task:
    return Task(
        name=task_name(body.tenant_id, *names, due_at=due_at),
        path=RESOLVE_PATH,
        body=msgspec.json.encode(body),
        delay=delay,
        is_bulk=is_bulk,
    )


def _send_task(record: EventRecord, role: Role, *, is_bulk: bool, carried: Stored | None) -> Task:
    # The due time is part of the name, so the same step always gives the same task.
    due_at = record.deliveries[role].due_at or record.updated_at
    body = SendDelivery(
        tenant_id=record.tenant_id,
        event_key=record.key,
        role=role,
        record=carried.record if carried else None,
        revision=carried.revision if carried else "",
    )
    return Task(
        name=task_name(record.tenant_id, record.key, role, due_at=due_at),
        path=SEND_PATH,
        body=msgspec.json.encode(body),
        is_bulk=is_bulk or _is_club_charge(record),
        destination=body.pixel,
    )


def _is_club_charge(record: EventRecord) -> bool:
    """Tell whether it is of a club run, which charges thousands within an hour.

    No shopper waits for these, so they go behind the orders of the web shop and the till.
    """
    return record.name is EventName.PURCHASE and record.channel == Channel.CLUB

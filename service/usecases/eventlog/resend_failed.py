"""Send again: what failed goes on its way once more, with the ids and times that it had."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from service.domain.delivery.schedule import EVENT_WINDOW, LOOKUP_PACE, LOOKUPS_AT_ONCE
from service.domain.events.reason import Reason
from service.domain.records.cursor import Cursor
from service.domain.records.job import Bound, Counted, Job, JobStep
from service.domain.records.log_view import LogView
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod, resend_eligibility, resent, roles_to_send
from service.domain.tenants.tenant import Role, Tenant
from service.ports import QueueUnavailableError, Services, Stored
from service.usecases.eventlog.rows import MOST_COUNTED, cursor_of, rows_in
from service.usecases.tasks import enqueue_steps, lookup_task

_AT_A_TIME = 50

# Meta's window counts from the event, which may be as old when we are told of it.
_REACH = 2 * EVENT_WINDOW


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendPlan:
    """What sending again would come to; lower bounds if it `is_least`.

    Of what can be sent, some events are still `kept`, others are `asked_for` at the shop first. Of
    what is `lost`, so many are `out_of_reach`: a job does not even look at them.
    """

    kept: int = 0
    asked_for: int = 0
    lost: Mapping[Reason, int] = field(default_factory=dict)
    out_of_reach: int = 0
    is_least: bool = False

    @property
    def total(self) -> int:
        """Return how many events can be sent again."""
        return self.kept + self.asked_for

    @property
    def counted(self) -> Counted:
        """Return what a job needs to know of it."""
        bound = Bound.LEAST if self.is_least else Bound.EXACT
        failed = self.total + sum(self.lost.values()) - self.out_of_reach
        return Counted(total=self.total, failed=failed, bound=bound)


def plan_resend(
    tenant: Tenant, view: LogView, *, services: Services, most: int = MOST_COUNTED
) -> ResendPlan:
    """Return what of the view's failed rows can be sent again; nothing is changed.

    At most so many rows are looked at: those in error first, then, as far back as one of them could
    be sent, those that were skipped.

    Raises:
        StoreUnavailableError: nothing is known now.
    """
    now, rows = services.clock(), list[Stored]()
    for failures in failures_of(view):
        is_skipped = failures.status is Status.SKIPPED
        asked = within_reach(failures, now=now) if is_skipped else failures
        rows += rows_in(tenant.id, asked, most=most - len(rows), services=services)
    chances = Counter(resend_eligibility(stored.record, tenant, now=now) for stored in rows)
    return ResendPlan(
        kept=chances[ResendMethod.KEPT],
        asked_for=chances[ResendMethod.ASKED_FOR],
        lost={why: number for why, number in chances.items() if isinstance(why, Reason)},
        out_of_reach=len([each for each in rows if each.record.received_at < now - _REACH]),
        is_least=len(rows) >= most,
    )


def failures_of(view: LogView) -> Sequence[LogView]:
    """Return where the view's failures are, among others: in error, or skipped as not set up."""
    failing = (Status.ERROR, Status.SKIPPED)
    return [replace(view, status=each) for each in failing if view.status in {None, each}]


def within_reach(view: LogView, *, now: datetime) -> LogView:
    """Return the view without rows that are too old for Meta, however they came in."""
    oldest = now - _REACH
    return replace(view, since=max(view.since or oldest, oldest))


def resend_step(tenant: Tenant, job: Job, *, now: datetime, services: Services) -> JobStep:
    """Send the job's next rows again.

    The shop allows so many questions in a minute, so those about failed events are spread.

    Raises:
        StoreUnavailableError: some of them may not be on their way; do it again.
    """
    rows, reached, is_in_next = _next_rows(job, tenant.id, services=services)
    outcomes: Counter[ResendMethod | Reason | None] = Counter()
    for stored in rows:
        delay = max(0, outcomes[ResendMethod.ASKED_FOR] - LOOKUPS_AT_ONCE) * LOOKUP_PACE
        untried = [
            role
            for role, each in stored.record.deliveries.items()
            if not (each.tries and each.tries[-1].at >= job.started_at)
        ]
        outcome = resend(stored, tenant, only=untried, delay=delay, now=now, services=services)
        outcomes[outcome] += 1
    return JobStep(
        done=outcomes[ResendMethod.KEPT] + outcomes[ResendMethod.ASKED_FOR],
        left={str(why): number for why, number in outcomes.items() if isinstance(why, Reason)},
        reached=reached,
        is_in_next=is_in_next,
        rest=outcomes[ResendMethod.ASKED_FOR] * LOOKUP_PACE,
    )


def _next_rows(
    job: Job, tenant_id: str, *, services: Services
) -> tuple[Sequence[Stored], Cursor | None, bool]:
    """Return rows, where the next ones begin, and whether they are in the job's next view."""
    rows = services.events.page(tenant_id, job.view, after=job.place, limit=_AT_A_TIME)
    if len(rows) == _AT_A_TIME:
        return rows, cursor_of(rows[-1]), False
    if job.then is None:
        return rows, None, False
    more = services.events.page(tenant_id, job.then, after=job.beginning, limit=_AT_A_TIME)
    reached = cursor_of(more[-1]) if len(more) == _AT_A_TIME else None
    return [*rows, *more], reached, True


def resend(
    stored: Stored,
    tenant: Tenant,
    *,
    now: datetime,
    services: Services,
    only: Collection[Role] = tuple(Role),
    delay: timedelta = timedelta(0),
) -> ResendMethod | Reason | None:
    """Queue the failed deliveries of an event anew, or have the shop asked for it after the delay.

    Returns what was done, why nothing can be, or `None` if there was nothing (any more) to do.
    Whoever writes in between is looked at again, so that what has been sent meanwhile stays so.

    Raises:
        StoreUnavailableError: it may not be on its way; do it again.
    """
    current: Stored | None = stored
    while current:
        record = current.record
        chance = resend_eligibility(record, tenant, now=now)
        roles = [role for role in roles_to_send(record, tenant) if role in only]
        if not isinstance(chance, ResendMethod) or (record.deliveries and not roles):
            return chance if isinstance(chance, Reason) else None
        asks = chance is ResendMethod.ASKED_FOR
        lookup = _lookup(record, delay=delay, now=now, services=services) if asks else None
        after = resent(record, roles, lookup=lookup, now=now, policy=services.retry)
        if written := services.events.replace(current, after):
            _enqueue(written, roles, delay=delay, services=services)
            return chance
        current = services.events.find(record.tenant_id, record.key)
    return None


def _lookup(record: EventRecord, *, delay: timedelta, now: datetime, services: Services) -> Lookup:
    # Asked about since its receipt: a row that is looked at anew stays where it is in the log.
    return Lookup(
        sealed_id=services.vault.seal(record.tenant_id, record.object_id.encode()),
        asked_at=record.received_at,
        not_before=now + delay,
        due_at=now + delay + services.retry.requeue_after,
    )


def _enqueue(
    written: Stored, roles: Collection[Role], *, delay: timedelta, services: Services
) -> None:
    with suppress(QueueUnavailableError):  # it is due; the sweep finds it
        if written.record.lookup:
            services.queue.enqueue(lookup_task(written.record, delay=delay, is_bulk=True))
        else:
            queue = services.queue
            enqueue_steps(written.record, queue=queue, roles=roles, is_bulk=True)

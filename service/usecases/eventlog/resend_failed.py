"""Resend failed events, with their original ids and times."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.events.event import STORE_WINDOW
from service.domain.events.reason import Reason
from service.domain.records.cursor import Cursor
from service.domain.records.job import Bound, Counted, Job, JobStep
from service.domain.records.log_view import LogView
from service.domain.records.lookup import LOOKUP_PACE, LOOKUPS_AT_ONCE
from service.domain.records.record import Status
from service.domain.records.resend import ResendMethod, resend_eligibility, resent, roles_to_send
from service.domain.tenants.tenant import Role, Tenant
from service.ports import QueueUnavailableError, Services, Stored
from service.usecases.delivery.refetch import refetch_lookup
from service.usecases.eventlog.find_causes import has_failed_for
from service.usecases.eventlog.rows import MOST_COUNTED, cursor_of, rows_in
from service.usecases.tasks import enqueue_steps, lookup_task

_AT_A_TIME = 50

# Meta's window counts from the event, which lies before the receipt that a row is dated by.
_REACH = STORE_WINDOW


class ResendPlan(Struct, frozen=True, kw_only=True):
    """The counts of a dry run; lower bounds if it `is_least`.

    `kept` events are still stored and can be resent; for `asked_for` ones a look-up at the shop is
    needed first. `lost` ones cannot be resent; `out_of_reach` of these are so old that a job does
    not read them.
    """

    kept: int = 0
    asked_for: int = 0
    lost: Mapping[Reason, int] = field(default_factory=dict)
    out_of_reach: int = 0
    is_least: bool = False

    @property
    def total(self) -> int:
        """Return how many events can be resent."""
        return self.kept + self.asked_for

    @property
    def counted(self) -> Counted:
        """Return the counts in the form that a job takes."""
        bound = Bound.LEAST if self.is_least else Bound.EXACT
        failed = self.total + sum(self.lost.values()) - self.out_of_reach
        return Counted(total=self.total, failed=failed, bound=bound)


def plan_resend(
    tenant: Tenant,
    view: LogView,
    *,
    services: Services,
    cause: Reason | None = None,
    most: int = MOST_COUNTED,
) -> ResendPlan:
    """Return how many of the view's failed rows can be resent; nothing is changed.

    With a `cause`, only those that failed for that reason count.

    At most `most` rows are read: first those in error, then those that were skipped and are not too
    old for Meta.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    now, rows = services.clock(), list[Stored]()
    for failures in failures_of(view):
        is_skipped = failures.status is Status.SKIPPED
        asked = within_reach(failures, now=now) if is_skipped else failures
        rows += rows_in(tenant.id, asked, most=most - len(rows), services=services)
    is_least = len(rows) >= most
    rows = _failed_for(cause, rows)
    eligibilities = Counter(resend_eligibility(stored.record, tenant, now=now) for stored in rows)
    return ResendPlan(
        kept=eligibilities[ResendMethod.KEPT],
        asked_for=eligibilities[ResendMethod.ASKED_FOR],
        lost={why: number for why, number in eligibilities.items() if isinstance(why, Reason)},
        out_of_reach=len([each for each in rows if each.record.received_at < now - _REACH]),
        is_least=is_least,
    )


def failures_of(view: LogView) -> Sequence[LogView]:
    """Return the parts of the view that may hold failures: rows in error, and skipped rows.

    Skipped rows count as failures if the event was not set up.
    """
    failing = (Status.ERROR, Status.SKIPPED)
    return [replace(view, status=each) for each in failing if view.status in {None, each}]


def _failed_for(cause: Reason | None, rows: Sequence[Stored]) -> list[Stored]:
    return [each for each in rows if cause is None or has_failed_for(each.record, cause)]


def within_reach(view: LogView, *, now: datetime) -> LogView:
    """Return the view without rows whose events are certainly too old for Meta."""
    oldest = now - _REACH
    return replace(view, since=max(view.since or oldest, oldest))


def resend_step(tenant: Tenant, job: Job, *, now: datetime, services: Services) -> JobStep:
    """Resend the job's next rows.

    Look-ups are spread over time, because the shop limits the requests per minute.

    Raises:
        StoreUnavailableError: some of them may not be queued; do it again.
    """
    rows, reached, is_in_next = _next_rows(job, tenant.id, services=services)
    outcomes: Counter[ResendMethod | Reason | None] = Counter()
    for stored in _failed_for(job.cause, rows):
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
    """Return rows, the cursor of the next ones, and whether that is in the job's second view."""
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
    """Queue an event's failed deliveries again, or its look-up at the shop after the delay.

    Returns what was done, the reason why the event cannot be resent, or `None` if no delivery is
    left to resend. If another process writes in between, the record is read and judged again, so a
    delivery that was sent in between is not resent.

    Raises:
        StoreUnavailableError: it may not be queued; do it again.
    """
    current: Stored | None = stored
    while current:
        record = current.record
        eligibility = resend_eligibility(record, tenant, now=now)
        roles = [role for role in roles_to_send(record, tenant) if role in only]
        if not isinstance(eligibility, ResendMethod) or (record.deliveries and not roles):
            return eligibility if isinstance(eligibility, Reason) else None
        needs_lookup = eligibility is ResendMethod.ASKED_FOR
        lookup = refetch_lookup(record, at=now + delay, services=services) if needs_lookup else None
        after = resent(record, roles, lookup=lookup, now=now, policy=services.retry)
        if written := services.events.replace(current, after):
            _enqueue(written, roles, delay=delay, services=services)
            return eligibility
        current = services.events.find(record.tenant_id, record.key)
    return None


def _enqueue(
    written: Stored, roles: Sequence[Role], *, delay: timedelta, services: Services
) -> None:
    with suppress(QueueUnavailableError):  # it is due; the sweep finds it
        if written.record.lookup:
            services.queue.enqueue(lookup_task(written.record, delay=delay))
        else:
            queue = services.queue
            enqueue_steps(written.record, queue=queue, roles=roles, is_bulk=True)

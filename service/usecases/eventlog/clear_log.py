"""Clear Log: delete the content of rows, and keep their locks."""

from datetime import datetime

from msgspec import Struct

from service.domain.records.job import Bound, Counted, Job, JobStep
from service.domain.records.log_view import LogView
from service.domain.records.record import Status
from service.domain.records.resend import is_not_set_up
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.eventlog.rows import cursor_of, rows_in
from service.usecases.figures.count_events import count_events

NOT_FINISHED = "not finished"
"""Why a row stays: it still has an automatic step ahead."""

_AT_A_TIME = 200
_MOST_LOOKED_AT = 500


class ClearPlan(Struct, frozen=True, kw_only=True):
    """The counts of a dry run; if it `is_part`, only the newest rows were read.

    `total` rows would be cleared: `failed` of them might be resent, and `waiting` ones may still
    become events. `staying` rows would not be cleared. If it `is_part`, `total` is an upper bound,
    since it includes all older rows, and the other counts are lower bounds.
    """

    total: int = 0
    failed: int = 0
    waiting: int = 0
    staying: int = 0
    is_part: bool = False

    @property
    def counted(self) -> Counted:
        """Return the counts in the form that a job takes."""
        return Counted(total=self.total, bound=Bound.MOST if self.is_part else Bound.EXACT)


def plan_clear(
    tenant_id: str, view: LogView, *, services: Services, most: int = _MOST_LOOKED_AT
) -> ClearPlan:
    """Return what clearing the view would do, reading at most `most` rows; nothing is changed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    total = failed = waiting = staying = 0
    for stored in rows_in(tenant_id, view, most=most, services=services):
        is_settled = stored.record.is_settled
        total += is_settled
        staying += not is_settled
        has_failed = stored.record.status is Status.ERROR or is_not_set_up(stored.record)
        failed += is_settled and has_failed
        waiting += is_settled and stored.record.status is Status.WAITING
    seen = total + staying
    # The index counts the rest without reading it.
    older = max(0, services.events.count_in(tenant_id, view) - seen) if seen >= most else 0
    return ClearPlan(
        total=total + older,
        failed=failed,
        waiting=waiting,
        staying=staying,
        is_part=older > 0,
    )


def clear_step(tenant: Tenant, job: Job, *, now: datetime, services: Services) -> JobStep:
    """Clear the job's next rows, and keep their locks.

    They are counted before; while there are many to count, no row is cleared.

    Raises:
        StoreUnavailableError: some of them may not be cleared; do it again.
    """
    if not count_events(tenant, now=now, services=services).is_done:
        return JobStep(reached=job.place)
    batch = services.events.page(tenant.id, job.view, after=job.place, limit=_AT_A_TIME)
    settled = [stored for stored in batch if stored.record.is_settled]
    # A row that another process has changed in between may not be settled any more: it stays.
    emptied = services.events.replace_all(
        [(stored, stored.record.without_content(now=now)) for stored in settled]
    )
    done = len([each for each in emptied if each])
    return JobStep(
        done=done,
        left={NOT_FINISHED: len(batch) - done} if len(batch) > done else {},
        reached=cursor_of(batch[-1]) if len(batch) == _AT_A_TIME else None,
    )

"""Clear Log: rows lose their content, and their locks stay."""

from dataclasses import dataclass
from datetime import datetime

from service.domain.job import Job, Step
from service.domain.log_view import LogView
from service.domain.record import Status
from service.domain.resend import is_not_set_up
from service.domain.tenant import Tenant
from service.ports import Services
from service.usecases.rows_in import MOST_COUNTED, place_of, rows_in

NOT_FINISHED = "not finished"
"""Why a row stays: something will still happen to it by itself."""

_AT_A_TIME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearPlan:
    """What clearing would come to; lower bounds if it `is_least`.

    `total` rows go, of which `failed` could perhaps have been sent again, and `waiting` ones may
    still become events; `staying` ones do not.
    """

    total: int = 0
    failed: int = 0
    waiting: int = 0
    staying: int = 0
    is_least: bool = False


def plan_clear(tenant_id: str, view: LogView, *, services: Services) -> ClearPlan:
    """Return what clearing the view would come to; nothing is changed.

    Raises:
        StoreUnavailableError: nothing is known now.
    """
    total = failed = waiting = staying = 0
    for stored in rows_in(tenant_id, view, most=MOST_COUNTED, services=services):
        is_settled = stored.record.is_settled
        total += is_settled
        staying += not is_settled
        has_failed = stored.record.status is Status.ERROR or is_not_set_up(stored.record)
        failed += is_settled and has_failed
        waiting += is_settled and stored.record.status is Status.WAITING
    is_least = total + staying >= MOST_COUNTED
    return ClearPlan(
        total=total, failed=failed, waiting=waiting, staying=staying, is_least=is_least
    )


def clear_step(tenant: Tenant, job: Job, *, now: datetime, services: Services) -> Step:
    """Empty the job's next rows but for their locks.

    Raises:
        StoreUnavailableError: some of them may still be there; do it again.
    """
    batch = services.events.page(tenant.id, job.view, after=job.place, limit=_AT_A_TIME)
    settled = [stored for stored in batch if stored.record.is_settled]
    # Whoever has written meanwhile has made something of the row: it stays.
    emptied = services.events.replace_all(
        [(stored, stored.record.without_content(now=now)) for stored in settled]
    )
    done = len([each for each in emptied if each])
    return Step(
        done=done,
        left={NOT_FINISHED: len(batch) - done} if len(batch) > done else {},
        reached=place_of(batch[-1]) if len(batch) == _AT_A_TIME else None,
    )

"""Show a job's result once to the staff member who started it."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from service.domain.records.job import Job, JobKind
from service.domain.shop.staff import StaffMember
from service.ports import Services, StoreUnavailableError

_SHOWN_FOR = timedelta(days=1)


def job_result_for(tenant_id: str, *, to: StaffMember, services: Services) -> Job | None:
    """Return the running job, or one of the staff member's whose result they have not seen.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    found = (services.jobs.find(tenant_id, kind) for kind in JobKind)
    jobs = [job for job in found if job and (job.is_running or _is_news(job, to, services))]
    return max(jobs, key=lambda job: (job.is_running, job.started_at), default=None)


def mark_result_seen(tenant_id: str, job: Job, *, to: StaffMember, services: Services) -> None:
    """Record that the staff member has seen the result.

    A failed write is ignored: a result that is shown twice is better than one never shown.
    """
    if job.is_running or job.is_told or job.who_id != to.id:
        return
    with suppress(StoreUnavailableError):
        services.jobs.replace(tenant_id, replace(job, is_told=True), over=job)


def _is_news(job: Job, to: StaffMember, services: Services) -> bool:
    if job.is_told or job.who_id != to.id or job.finished_at is None:
        return False
    return services.clock() - job.finished_at < _SHOWN_FOR

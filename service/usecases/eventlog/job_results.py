"""Show a job's result once to the staff member who started it."""

from contextlib import suppress
from datetime import timedelta

from service.domain.copies import replace
from service.domain.records.job import Job, JobKind
from service.domain.shop.staff import ITSELF, StaffMember
from service.ports import Services, StoreUnavailableError

_SHOWN_FOR = timedelta(days=1)


def job_result_for(tenant_id: str, *, to: StaffMember, services: Services) -> Job | None:
    """Return the running job, or a finished one whose result the staff member should see.

    Staff see the results of their own jobs, and what the service found by itself, until it is
    marked as seen. What it does by itself they see only if they ask.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    found = (services.jobs.find(tenant_id, kind) for kind in JobKind)
    jobs = [job for job in found if job and (_is_asked_for(job) or _is_news(job, to, services))]
    return max(jobs, key=lambda job: (job.is_running, job.started_at), default=None)


def mark_result_seen(tenant_id: str, job: Job, *, to: StaffMember, services: Services) -> None:
    """Record that the staff member has seen the result.

    A failed write is ignored: a result that is shown twice is better than one never shown.
    """
    if job.is_running or job.is_told or not _is_for(job, to):
        return
    with suppress(StoreUnavailableError):
        services.jobs.replace(tenant_id, replace(job, is_told=True), over=job)


def _is_news(job: Job, to: StaffMember, services: Services) -> bool:
    if job.is_told or job.finished_at is None or not _is_for(job, to):
        return False
    return services.clock() - job.finished_at < _SHOWN_FOR


def _is_asked_for(job: Job) -> bool:
    return job.is_running and job.who_id != ITSELF.id


def _is_for(job: Job, staff: StaffMember) -> bool:
    is_finding = job.who_id == ITSELF.id and job.never_sent > 0
    return is_finding or job.who_id == staff.id

"""What a job came to is told once to whoever began it."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from service.domain.records.job import Job, JobKind
from service.domain.shop.staff import StaffMember
from service.ports import Services, StoreUnavailableError

_NEWS_FOR = timedelta(days=1)


def job_result_for(tenant_id: str, *, to: StaffMember, services: Services) -> Job | None:
    """Return the work on the log that is under way, or what theirs came to and they do not know.

    Raises:
        StoreUnavailableError: nothing can be said now.
    """
    found = (services.jobs.find(tenant_id, kind) for kind in JobKind)
    jobs = [job for job in found if job and (job.is_running or _is_news(job, to, services))]
    return max(jobs, key=lambda job: (job.is_running, job.started_at), default=None)


def mark_result_seen(tenant_id: str, job: Job, *, to: StaffMember, services: Services) -> None:
    """Note that they have been told; told twice is better than never."""
    if job.is_running or job.is_told or job.who_id != to.id:
        return
    with suppress(StoreUnavailableError):
        services.jobs.replace(tenant_id, replace(job, is_told=True), over=job)


def _is_news(job: Job, to: StaffMember, services: Services) -> bool:
    if job.is_told or job.who_id != to.id or job.finished_at is None:
        return False
    return services.clock() - job.finished_at < _NEWS_FOR

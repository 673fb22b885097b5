"""A task comes back, or somebody waits: do the next step of a job."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from service.domain.events.reason import Reason
from service.domain.records.job import (
    BY_HAND,
    GAVE_UP,
    Job,
    JobKind,
    JobStep,
    stepped,
    stopped,
    taken_up,
    with_last_step,
)
from service.ports import QueueUnavailableError, Services
from service.usecases.eventlog.clear_log import clear_step
from service.usecases.eventlog.resend_failed import resend_step
from service.usecases.tasks import job_task
from service.usecases.tenants.installed_tenant import installed_tenant

_STEPS: Mapping[JobKind, Callable[..., JobStep]] = {
    JobKind.RESEND: resend_step,
    JobKind.CLEAR: clear_step,
}


def work_on_job(tenant_id: str, kind: JobKind, *, services: Services) -> Job | None:
    """Do the next step of the tenant's job, and return it as it then stands.

    Safe to run twice at once: who takes the step up first does it. A step that is cut short is
    done again, and finds what it has done already done. One that never comes to its end, because it
    fails or its process dies, ends the job after some tries: other work on the log waits for it.

    Raises:
        StoreUnavailableError: the step may not be done; it is taken up again.
    """
    now = services.clock()
    job = services.jobs.find(tenant_id, kind)
    if job is None or not job.is_due(now):
        return job
    if job.is_hopeless:
        return _written(tenant_id, stopped(job, GAVE_UP, now=now), job, services=services)
    # Counted as a try before anything of it can fail.
    taken = taken_up(job, now=now, lease=services.retry.requeue_after)
    if not services.jobs.replace(tenant_id, taken, over=job):
        return services.jobs.find(tenant_id, kind)
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        gone = stopped(taken, Reason.NOT_INSTALLED, now=now)
        return _written(tenant_id, gone, taken, services=services)
    step = _STEPS[kind](tenant, taken, now=now, services=services)
    after = stepped(taken, step, now=services.clock())
    stands = _written(tenant_id, after, taken, services=services)
    while stands and stands.id == job.id and stands.stopped == BY_HAND:
        # It was stopped during the step, which was done nevertheless.
        counted = with_last_step(stands, step)
        if services.jobs.replace(tenant_id, counted, over=stands):
            return counted
        stands = services.jobs.find(tenant_id, kind)
    return stands


def enqueue_job_step(tenant_id: str, job: Job, *, services: Services) -> None:
    """Make the task of the job's next step; without a queue it is due, and the sweep finds it."""
    if job.due_at is None:
        return
    step = f"{job.id}.{job.place.key}"
    delay = max(job.due_at - services.clock(), timedelta(0))
    with suppress(QueueUnavailableError):
        services.queue.enqueue(
            job_task(tenant_id, job.kind, due_at=job.due_at, by=step, delay=delay)
        )


def _written(tenant_id: str, after: Job, over: Job, *, services: Services) -> Job | None:
    if not services.jobs.replace(tenant_id, after, over=over):
        return services.jobs.find(tenant_id, after.kind)
    enqueue_job_step(tenant_id, after, services=services)
    return after

"""Do the next step of a job, for a task or within the request that starts it."""

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
from service.usecases.eventlog.backfill import backfill_step
from service.usecases.eventlog.clear_log import clear_step
from service.usecases.eventlog.resend_failed import resend_step
from service.usecases.tasks import job_task
from service.usecases.tenants.installed_tenant import installed_tenant

_STEPS: Mapping[JobKind, Callable[..., JobStep]] = {
    JobKind.RESEND: resend_step,
    JobKind.CLEAR: clear_step,
    JobKind.COUNT: backfill_step,
    JobKind.BACKFILL: backfill_step,
}


def work_on_job(tenant_id: str, kind: JobKind, *, services: Services) -> Job | None:
    """Do the next step of the tenant's job, and return the job in its new state.

    Safe to run twice at once: a step is done by the process that leases it first. An interrupted
    step is repeated, which is harmless. A step that never finishes, because it fails or its process
    dies, ends the job after some tries, since no other job can run before.

    Raises:
        StoreUnavailableError: the step may not be done; the sweep repeats it.
    """
    now = services.clock()
    job = services.jobs.find(tenant_id, kind)
    if job is None or not job.is_due(now):
        return job
    if job.is_hopeless:
        return _written(tenant_id, stopped(job, GAVE_UP, now=now), job, services=services)
    # The try is counted before the step can fail.
    taken = taken_up(job, now=now, lease=services.retry.requeue_after)
    if not services.jobs.replace(tenant_id, taken, over=job):
        return services.jobs.find(tenant_id, kind)
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        gone = stopped(taken, Reason.NOT_INSTALLED, now=now)
        return _written(tenant_id, gone, taken, services=services)
    step = _STEPS[kind](tenant, taken, now=now, services=services)
    after = stepped(taken, step, now=services.clock())
    stored = _written(tenant_id, after, taken, services=services)
    while stored and stored.id == job.id and stored.stopped == BY_HAND:
        # The job was stopped during the step; count what the step has done nevertheless.
        counted = with_last_step(stored, step)
        if services.jobs.replace(tenant_id, counted, over=stored):
            return counted
        stored = services.jobs.find(tenant_id, kind)
    return stored


def enqueue_job_step(tenant_id: str, job: Job, *, services: Services) -> None:
    """Enqueue the job's next step; if the queue does not take it, the sweep will enqueue it."""
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

"""Stop a job on the log, at a staff member's request."""

from collections.abc import Mapping
from types import MappingProxyType

from service.domain.records.job import BY_HAND, Job, JobKind, stopped
from service.domain.shop.staff import StaffMember
from service.domain.tenants.audit import AuditEntry, log_change
from service.ports import Services

_WHAT: Mapping[JobKind, str] = MappingProxyType(
    {
        JobKind.RESEND: "sending events again",
        JobKind.CLEAR: "clearing",
        JobKind.COUNT: "looking for missed events",
        JobKind.BACKFILL: "sending missed events",
    }
)


def stop_job(
    tenant_id: str, kind: JobKind, *, job_id: str, by: StaffMember, services: Services
) -> Job | None:
    """Stop the job, and return the tenant's job of this kind in its new state.

    Rows that are done stay done. A running step finishes, and none follows. Nothing happens if the
    job has ended, or if another one has replaced it.

    Raises:
        StoreUnavailableError: the job may go on; stop it again.
    """
    is_noted = False
    while (job := services.jobs.find(tenant_id, kind)) and job.id == job_id and job.is_running:
        now = services.clock()
        if not is_noted:
            # The audit entry comes first, as with settings: one too many is better than none.
            changes = (log_change(_WHAT[kind], "stopped"),)
            entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
            services.audit.add(tenant_id, entry)
            is_noted = True
        after = stopped(job, BY_HAND, by=by.name, now=now)
        if services.jobs.replace(tenant_id, after, over=job):
            return after
    return job

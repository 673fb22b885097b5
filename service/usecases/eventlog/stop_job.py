"""A member of the staff stops work on the log."""

from collections.abc import Mapping
from types import MappingProxyType

from service.domain.records.job import BY_HAND, Job, JobKind, stopped
from service.domain.shop.staff import StaffMember
from service.domain.tenants.audit import AuditEntry, log_change
from service.ports import Services

_WHAT: Mapping[JobKind, str] = MappingProxyType(
    {JobKind.RESEND: "sending failed events again", JobKind.CLEAR: "clearing"}
)


def stop_job(
    tenant_id: str, kind: JobKind, *, job_id: str, by: StaffMember, services: Services
) -> Job | None:
    """End the job, and return the tenant's job of this kind as it then stands.

    What was done stays done. A step that is under way ends by itself, and none comes after it.
    Another job than the one named, or one that has ended, is left alone.

    Raises:
        StoreUnavailableError: it may go on; stop it again.
    """
    is_noted = False
    while (job := services.jobs.find(tenant_id, kind)) and job.id == job_id and job.is_running:
        now = services.clock()
        if not is_noted:
            # As with settings: what was stopped in vain is better told than what is not told.
            changes = (log_change(_WHAT[kind], "stopped"),)
            entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
            services.audit.add(tenant_id, entry)
            is_noted = True
        after = stopped(job, BY_HAND, by=by.name, now=now)
        if services.jobs.replace(tenant_id, after, over=job):
            return after
    return job

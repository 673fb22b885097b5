"""Start a job on the log: at a staff member's request, or the first count by itself."""

from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from service.domain.events.reason import Reason
from service.domain.records.job import Bound, Counted, Job, JobKind, begun, stopped
from service.domain.records.log_view import LogView
from service.domain.records.resend import ResendMethod, resend_eligibility, roles_to_send
from service.domain.shop.staff import ITSELF, StaffMember
from service.domain.tenants.audit import AuditEntry, log_change
from service.domain.tenants.tenant import Tenant
from service.ports import Services, StoreUnavailableError
from service.usecases.delivery.pixel_state import request_probe
from service.usecases.eventlog.clear_log import plan_clear
from service.usecases.eventlog.resend_failed import (
    failures_of,
    plan_resend,
    resend,
    within_reach,
)
from service.usecases.eventlog.work_on_job import enqueue_job_step, work_on_job

OVERTAKEN = "other work on the log started at the same time"

# Jobs up to these sizes take their first step within the request; those on lists never do.
_MOST_AT_ONCE = {JobKind.RESEND: 20, JobKind.CLEAR: 100}


class _JobRequest(Struct, frozen=True, kw_only=True):
    """The job that is requested, and the texts for its audit entry."""

    kind: JobKind
    view: LogView
    then: LogView | None = None
    cause: Reason | None = None
    counted: Counted
    subject: str
    change: str


def start_resend(
    tenant: Tenant,
    view: LogView,
    *,
    by: StaffMember,
    services: Services,
    cause: Reason | None = None,
    counted: Counted | None = None,
) -> Job | None:
    """Start a job that resends the view's failed rows, unless one is running; return the job.

    With a `cause`, only those that failed for that reason. `counted` is the dry run's result;
    without it the rows are counted now. Returns `None` if no row can be resent.

    Raises:
        StoreUnavailableError: the job may not have started; if it has, it continues by itself.
    """
    if running := running_job(tenant.id, JobKind.RESEND, services=services):
        return running
    counted = counted or plan_resend(tenant, view, cause=cause, services=services).counted
    # A bounded count may have missed rows that can be resent.
    if not (counted.total or counted.bound):
        return None
    first, *then = (within_reach(each, now=services.clock()) for each in failures_of(view))
    request = _JobRequest(
        kind=JobKind.RESEND,
        view=first,
        then=then[0] if then else None,
        cause=cause,
        counted=counted,
        subject=_how_many(counted, "event"),
        change="sent again",
    )
    return _start(tenant.id, request, by=by, services=services)


def start_clear(
    tenant: Tenant,
    view: LogView,
    *,
    by: StaffMember,
    services: Services,
    counted: Counted | None = None,
) -> Job | None:
    """Start a job that clears the view's rows, unless one is running; return the job.

    `counted` is the dry run's result; without it the rows are counted now. Returns `None` if no row
    can be cleared.

    Raises:
        StoreUnavailableError: the job may not have started; if it has, it continues by itself.
    """
    if running := running_job(tenant.id, JobKind.CLEAR, services=services):
        return running
    counted = counted or plan_clear(tenant.id, view, services=services).counted
    if not counted.total:
        return None
    request = _JobRequest(
        kind=JobKind.CLEAR,
        view=view,
        counted=counted,
        subject=_how_many(counted, "row"),
        change="cleared",
    )
    return _start(tenant.id, request, by=by, services=services)


def count_at_install(tenant_id: str, *, services: Services) -> Job | None:
    """Start to count the events from before the installation, once for each installation.

    Nothing is sent: another app may have sent these events under ids of its own.

    Raises:
        StoreUnavailableError: the job may not have started; if it has, it continues by itself.
    """
    tenant = services.tenants.get_cached(tenant_id)
    installed_at = tenant.catch_up.new_since(services.clock()) if tenant else None
    if tenant is None or installed_at is None:
        return None
    known = services.jobs.find(tenant_id, JobKind.COUNT)
    if known and known.started_at >= installed_at:
        return None
    return start_count(tenant, by=ITSELF, services=services)


def start_count(tenant: Tenant, *, by: StaffMember, services: Services) -> Job | None:
    """Start to count the events of the shop's lists that were never sent, unless that is under way.

    Raises:
        StoreUnavailableError: the job may not have started; if it has, it continues by itself.
    """
    request = _JobRequest(
        kind=JobKind.COUNT,
        view=LogView(),
        counted=Counted(total=0),
        subject="missed events",
        change="counted",
    )
    running = running_job(tenant.id, JobKind.COUNT, services=services)
    return running or _start(tenant.id, request, by=by, services=services)


def start_backfill(tenant: Tenant, *, by: StaffMember, services: Services) -> Job | None:
    """Start to send the events that the last count found, unless a job is running.

    Returns `None` if there was no count, or nothing is missing.

    Raises:
        StoreUnavailableError: the job may not have started; if it has, it continues by itself.
    """
    if running := running_job(tenant.id, JobKind.BACKFILL, services=services):
        return running
    count = services.jobs.find(tenant.id, JobKind.COUNT)
    if count is None or not count.never_sent:
        return None
    if count.is_running:
        return count
    counted = Counted(total=count.never_sent)
    request = _JobRequest(
        kind=JobKind.BACKFILL,
        view=LogView(),
        counted=counted,
        subject=_how_many(counted, "missed event"),
        change="sent",
    )
    return _start(tenant.id, request, by=by, services=services)


def resend_row(
    tenant: Tenant, key: str, *, by: StaffMember, services: Services
) -> ResendMethod | Reason | None:
    """Resend one failed row; return what was done, or the reason why it cannot be resent.

    `None` if the row does not exist, or has not failed.

    Raises:
        StoreUnavailableError: it may not be queued; do it again.
    """
    stored = services.events.find(tenant.id, key)
    if stored is None or stored.record.cleared:
        return None
    record = stored.record
    eligibility = resend_eligibility(record, tenant, now=services.clock())
    if not isinstance(eligibility, ResendMethod):
        return eligibility
    subject = f"{record.name} {record.object_number or record.object_id}".strip()
    _add_audit_entry(tenant.id, subject, "sent again", by=by, services=services)
    roles = roles_to_send(record, tenant) or tenant.settings.roles()
    request_probe(tenant.id, roles=roles, now=services.clock(), services=services)
    return resend(stored, tenant, now=services.clock(), services=services)


def running_job(tenant_id: str, kind: JobKind, *, services: Services) -> Job | None:
    """Return the running job that a job of this kind has to wait for.

    Jobs that change rows run one at a time: clearing would delete rows that resending has counted.
    A count changes none.
    """
    jobs = (services.jobs.find(tenant_id, each) for each in _one_at_a_time(kind))
    return next((job for job in jobs if job and job.is_running), None)


def _one_at_a_time(kind: JobKind) -> Sequence[JobKind]:
    if kind is JobKind.COUNT:
        return [kind]
    return [each for each in JobKind if each is not JobKind.COUNT]


def _start(
    tenant_id: str, request: _JobRequest, *, by: StaffMember, services: Services
) -> Job | None:
    known, now = services.jobs.find(tenant_id, request.kind), services.clock()
    job = begun(
        request.kind,
        request.view,
        then=request.then,
        cause=request.cause,
        job_id=services.new_id(),
        by=by,
        total=request.counted.total,
        failed=request.counted.failed,
        is_least=request.counted.bound is Bound.LEAST,
        now=now,
    )
    # The audit entry comes first, as with settings: two entries are better than none.
    _add_audit_entry(tenant_id, request.subject, request.change, by=by, services=services)
    if not services.jobs.replace(tenant_id, job, over=known):
        return services.jobs.find(tenant_id, request.kind)
    if other := _other_running_job(tenant_id, job, services=services):
        # Two jobs may see each other and both stop: starting again is better than losing rows.
        services.jobs.replace(tenant_id, stopped(job, OVERTAKEN, now=now), over=job)
        return other
    if request.kind is JobKind.RESEND:
        request_probe(tenant_id, now=now, services=services)
    if request.counted.total > _MOST_AT_ONCE.get(request.kind, -1):
        enqueue_job_step(tenant_id, job, services=services)
        return job
    with suppress(StoreUnavailableError):  # the job is stored, and the sweep continues it
        return work_on_job(tenant_id, request.kind, services=services)
    return job


def _other_running_job(tenant_id: str, job: Job, *, services: Services) -> Job | None:
    kinds = (kind for kind in _one_at_a_time(job.kind) if kind is not job.kind)
    others = (services.jobs.find(tenant_id, kind) for kind in kinds)
    return next((other for other in others if other and other.is_running), None)


def _add_audit_entry(
    tenant_id: str, subject: str, change: str, *, by: StaffMember, services: Services
) -> None:
    changes = (log_change(subject, change),)
    entry = AuditEntry(at=services.clock(), who=by.name, who_id=by.id, changes=changes)
    services.audit.add(tenant_id, entry)


def _how_many(counted: Counted, noun: str) -> str:
    return f"{counted.bound} {counted.total} {noun}{'' if counted.total == 1 else 's'}".strip()

"""Somebody of the winery starts work on the log."""

from contextlib import suppress
from dataclasses import dataclass

from service.domain.events.reason import Reason
from service.domain.records.job import Bound, Counted, Job, JobKind, begun, stopped
from service.domain.records.log_view import LogView
from service.domain.records.resend import ResendMethod, resend_eligibility, roles_to_send
from service.domain.shop.staff import StaffMember
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

OVERTAKEN = "other work on the log began at the same moment"

# What takes no longer than a request may is done while somebody waits.
_MOST_AT_ONCE = {JobKind.RESEND: 20, JobKind.CLEAR: 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What somebody wants done, and what the audit trail says of it."""

    kind: JobKind
    view: LogView
    then: LogView | None = None
    counted: Counted
    what: str
    becomes: str


def start_resend(
    tenant: Tenant,
    view: LogView,
    *,
    by: StaffMember,
    services: Services,
    counted: Counted | None = None,
) -> Job | None:
    """Send the view's failed rows again; return the job, or the one that is under way already.

    `counted` is what the dry run said; without it they are counted now. `None` if none of them can
    be sent.

    Raises:
        StoreUnavailableError: it may not have begun; what has, goes on by itself.
    """
    if running := running_job(tenant.id, services=services):
        return running
    counted = counted or plan_resend(tenant, view, services=services).counted
    # Behind those that were counted there may be others.
    if not (counted.total or counted.bound):
        return None
    first, *then = (within_reach(each, now=services.clock()) for each in failures_of(view))
    wish = _Wish(
        kind=JobKind.RESEND,
        view=first,
        then=then[0] if then else None,
        counted=counted,
        what=_how_many(counted, "failed event"),
        becomes="sent again",
    )
    return _start(tenant.id, wish, by=by, services=services)


def start_clear(
    tenant: Tenant,
    view: LogView,
    *,
    by: StaffMember,
    services: Services,
    counted: Counted | None = None,
) -> Job | None:
    """Clear the view's rows; return the job, or the one that is under way already.

    `counted` is what the dry run said; without it they are counted now. `None` if there is nothing
    to clear.

    Raises:
        StoreUnavailableError: it may not have begun; what has, goes on by itself.
    """
    if running := running_job(tenant.id, services=services):
        return running
    counted = counted or plan_clear(tenant.id, view, services=services).counted
    if not counted.total:
        return None
    wish = _Wish(
        kind=JobKind.CLEAR,
        view=view,
        counted=counted,
        what=_how_many(counted, "row"),
        becomes="cleared",
    )
    return _start(tenant.id, wish, by=by, services=services)


def resend_row(
    tenant: Tenant, key: str, *, by: StaffMember, services: Services
) -> ResendMethod | Reason | None:
    """Send the one failed row again, at once; return what was done, or why nothing can be.

    `None` if the row is not there, or has not failed.

    Raises:
        StoreUnavailableError: it may not be on its way; do it again.
    """
    stored = services.events.find(tenant.id, key)
    if stored is None or stored.record.cleared:
        return None
    record = stored.record
    chance = resend_eligibility(record, tenant, now=services.clock())
    if not isinstance(chance, ResendMethod):
        return chance
    what = f"{record.name} {record.object_number or record.object_id}".strip()
    _write_down(tenant.id, what, "sent again", by=by, services=services)
    roles = roles_to_send(record, tenant) or tenant.settings.roles()
    request_probe(tenant.id, roles=roles, now=services.clock(), services=services)
    return resend(stored, tenant, now=services.clock(), services=services)


def running_job(tenant_id: str, *, services: Services) -> Job | None:
    """Return the work on the log that is under way.

    One at a time, whatever it is: what one counts on, another would take away.
    """
    jobs = (services.jobs.find(tenant_id, kind) for kind in JobKind)
    return next((job for job in jobs if job and job.is_running), None)


def _start(tenant_id: str, wish: _Wish, *, by: StaffMember, services: Services) -> Job | None:
    known, now = services.jobs.find(tenant_id, wish.kind), services.clock()
    job = begun(
        wish.kind,
        wish.view,
        then=wish.then,
        job_id=services.new_id(),
        by=by,
        total=wish.counted.total,
        failed=wish.counted.failed,
        is_least=wish.counted.bound is Bound.LEAST,
        now=now,
    )
    # As with settings: what was begun and failed is better told twice than never.
    _write_down(tenant_id, wish.what, wish.becomes, by=by, services=services)
    if not services.jobs.replace(tenant_id, job, over=known):
        return services.jobs.find(tenant_id, wish.kind)
    if other := _other_work(tenant_id, job, services=services):
        # Both may see each other and give way: pressing again is better than losing rows.
        services.jobs.replace(tenant_id, stopped(job, OVERTAKEN, now=now), over=job)
        return other
    if wish.kind is JobKind.RESEND:
        request_probe(tenant_id, now=now, services=services)
    if wish.counted.total > _MOST_AT_ONCE[wish.kind]:
        enqueue_job_step(tenant_id, job, services=services)
        return job
    with suppress(StoreUnavailableError):  # it has begun, and is taken up again
        return work_on_job(tenant_id, wish.kind, services=services)
    return job


def _other_work(tenant_id: str, job: Job, *, services: Services) -> Job | None:
    others = (services.jobs.find(tenant_id, kind) for kind in JobKind if kind is not job.kind)
    return next((other for other in others if other and other.is_running), None)


def _write_down(
    tenant_id: str, what: str, becomes: str, *, by: StaffMember, services: Services
) -> None:
    changes = (log_change(what, becomes),)
    entry = AuditEntry(at=services.clock(), who=by.name, who_id=by.id, changes=changes)
    services.audit.add(tenant_id, entry)


def _how_many(counted: Counted, noun: str) -> str:
    return f"{counted.bound} {counted.total} {noun}{'' if counted.total == 1 else 's'}".strip()

"""Missed events: what is looked for, the count, and the start of sending. Only some roles may."""

from flask import Blueprint, render_template

from service.domain.records.job import JobKind
from service.domain.shop.signal import ObjectKind
from service.usecases.eventlog.backfill import reach_of
from service.usecases.eventlog.start_job import running_job, start_backfill, start_count
from service.web.eventlog.job_messages import progress_of
from service.web.eventlog.jobs import progress_fragment
from service.web.request.current import services
from service.web.request.guard import require_session, session, visited_tenant, writers_only

backfill = Blueprint("backfill", __name__)
backfill.before_request(require_session)


@backfill.get("/activity/missed")
@writers_only
def plan() -> str:
    """Return what would be looked for, or the progress of a running job; change nothing."""
    for kind in (JobKind.COUNT, JobKind.BACKFILL):
        if running := running_job(session().tenant_id, kind, services=services()):
            return progress_fragment(running)
    return _plan()


@backfill.post("/activity/missed/count")
@writers_only
def count() -> str:
    """Start to count the events that were never sent; none is sent."""
    tenant = visited_tenant(is_fresh=True)
    return progress_fragment(start_count(tenant, by=session().staff, services=services()))


@backfill.post("/activity/missed")
@writers_only
def start() -> str:
    """Start to send the events that the last count has found."""
    tenant = visited_tenant(is_fresh=True)
    job = start_backfill(tenant, by=session().staff, services=services())
    return progress_fragment(job) if job else _plan()


def _plan() -> str:
    tenant = visited_tenant(is_fresh=True)
    days = {kind: reach_of(tenant, kind).days for kind in ObjectKind}
    count = services().jobs.find(tenant.id, JobKind.COUNT)
    return render_template(
        "eventlog/_missed_plan.html",
        days=days,
        last=progress_of(count, may_stop=True) if count else None,
    )

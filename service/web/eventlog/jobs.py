"""Jobs on the log, in the panel above the rows of the Event Log tab: progress and stop."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, render_template, request

from service.domain.events.reason import Reason
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.shop.time_zone import zone_of
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.job_results import job_result_for, mark_result_seen
from service.usecases.eventlog.stop_job import stop_job
from service.web.eventlog.job_messages import JobProgress, progress_of
from service.web.eventlog.query import query_of, view_in
from service.web.request.current import services
from service.web.request.guard import may_write, require_session, session, writers_only

_LONGEST_CAUSE = 300

log_work = Blueprint("log_work", __name__)
log_work.before_request(require_session)


@log_work.get("/activity/work/<kind>")
def progress(kind: str) -> str:
    """Return the progress of this kind of job; the page polls it every second until it ends."""
    job = services().jobs.find(session().tenant_id, _kind(kind))
    return progress_fragment(job)


@log_work.post("/activity/work/<kind>/<job_id>/stop")
@writers_only
def stop(kind: str, job_id: str) -> str:
    """Stop this job, and return its progress."""
    staff = session().staff
    job = stop_job(session().tenant_id, _kind(kind), job_id=job_id, by=staff, services=services())
    return progress_fragment(job)


def _kind(text: str) -> JobKind:
    if text not in set(JobKind):
        abort(404)
    return JobKind(text)


@log_work.app_context_processor
def panel() -> dict[str, object]:
    """Make `current_work` available in the templates."""
    return {"work_on_log": current_work}


def current_work() -> JobProgress | None:
    """Return the winery's running job, or a finished one whose result this user should see."""
    tenant_id, staff = session().tenant_id, session().staff
    job = job_result_for(tenant_id, to=staff, services=services())
    return _shown(job) if job else None


def progress_fragment(job: Job | None) -> str:
    """Return the job's progress."""
    return render_template("eventlog/_job_progress.html", progress=_shown(job) if job else None)


def _shown(job: Job) -> JobProgress:
    can_act = may_write(session())
    if can_act:  # what the service found is shown until it is seen by staff who can send it
        mark_result_seen(session().tenant_id, job, to=session().staff, services=services())
    return progress_of(job, may_stop=can_act)


def asked_view(tenant: Tenant) -> LogView:
    """Return the view in the request: its filters, or all rows received since its `since`."""
    timezone = tenant.settings.timezone
    if since := _moment(request.args.get("since", ""), timezone):
        return LogView(show=Show.ALL, since=since)
    return view_in(request.args, timezone=timezone)


def asked_cause() -> Reason | None:
    """Return the reason in the request for which alone failed events are to be resent."""
    text = request.args.get("cause", "")
    return Reason(text[:_LONGEST_CAUSE]) if text else None


def asked_query(tenant: Tenant, view: LogView) -> str:
    """Return the view in the request, and its cause, as the query of an address."""
    timezone, cause = tenant.settings.timezone, asked_cause() or ""
    if _moment(request.args.get("since", ""), timezone):
        return query_of(LogView(), timezone=timezone, cause=cause, since=request.args["since"])
    return query_of(view, timezone=timezone, cause=cause)


def panel_facts(tenant: Tenant) -> Mapping[str, object]:
    """Return the template variables that both panels need."""
    return {"zone": zone_of(tenant.settings.timezone).key, "may_write": may_write(session())}


def _moment(text: str, timezone: str | None) -> datetime | None:
    """Return the picked time in UTC; it is given in the winery's zone."""
    try:
        picked = datetime.fromisoformat(text)
        # A year at the edge of the calendar has no time in another zone.
        return picked.replace(tzinfo=zone_of(timezone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

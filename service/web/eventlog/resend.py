"""Resend: the dry run, the start of the job, and one row at once. Only some roles may use it."""

from flask import Blueprint, abort, render_template, request

from service.domain.events.idempotency import may_be_event_key
from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.resend_failed import plan_resend
from service.usecases.eventlog.start_job import resend_row, running_job, start_resend
from service.web.eventlog.counted import counted_in, signed
from service.web.eventlog.job_messages import plan_words, row_words
from service.web.eventlog.jobs import (
    asked_cause,
    asked_query,
    asked_view,
    panel_facts,
    progress_fragment,
)
from service.web.request.current import services
from service.web.request.guard import require_session, session, visited_tenant, writers_only

resend = Blueprint("resend", __name__)
resend.before_request(require_session)


@resend.get("/activity/resend")
@writers_only
def plan() -> str:
    """Return what could be resent, or the progress of a running job; change nothing."""
    tenant = visited_tenant(is_fresh=True)
    running = running_job(tenant.id, JobKind.RESEND, services=services())
    return progress_fragment(running) if running else _plan(tenant, asked_view(tenant))


@resend.post("/activity/resend")
@writers_only
def start() -> str:
    """Start to resend the view's failed events, as far as they can still be sent."""
    tenant = visited_tenant(is_fresh=True)
    view = asked_view(tenant)
    text, query = request.form.get("counted", ""), asked_query(tenant, view)
    counted = counted_in(text, JobKind.RESEND, tenant_id=tenant.id, query=query)
    job = start_resend(
        tenant,
        view,
        by=session().staff,
        services=services(),
        cause=asked_cause(),
        counted=counted,
    )
    return progress_fragment(job) if job else _plan(tenant, view)


@resend.post("/activity/resend/<key>")
@writers_only
def send_row(key: str) -> str:
    """Resend one row."""
    if not may_be_event_key(key):
        abort(404)
    outcome = resend_row(
        visited_tenant(is_fresh=True), key, by=session().staff, services=services()
    )
    tone, sentence = row_words(outcome)
    return render_template("eventlog/_resent_row.html", key=key, tone=tone, sentence=sentence)


def _plan(tenant: Tenant, view: LogView) -> str:
    cause, query = asked_cause(), asked_query(tenant, view)
    plan = plan_resend(tenant, view, cause=cause, services=services())
    return render_template(
        "eventlog/_resend_plan.html",
        plan=plan_words(plan),
        query=query,
        cause=cause or "",
        counted=signed(plan.counted, JobKind.RESEND, tenant_id=tenant.id, query=query),
        since=request.args.get("since", "") if view.since else "",
        **panel_facts(tenant),
    )

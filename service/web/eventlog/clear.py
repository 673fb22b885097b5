"""Clear Log: the confirmation, and the start of the job. Only some roles may use it."""

from flask import Blueprint, render_template, request

from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.clear_log import plan_clear
from service.usecases.eventlog.start_job import running_job, start_clear
from service.web.eventlog.counted import counted_in, signed
from service.web.eventlog.job_messages import counted
from service.web.eventlog.jobs import (
    asked_view,
    panel_facts,
    progress_fragment,
)
from service.web.eventlog.query import query_of
from service.web.eventlog.view_words import view_words
from service.web.request.current import services
from service.web.request.guard import require_session, session, visited_tenant, writers_only

_WHOLE = LogView(show=Show.ALL)

clear = Blueprint("clear", __name__)
clear.before_request(require_session)


@clear.get("/activity/clear")
@writers_only
def confirm() -> str:
    """Return what clearing would do, or the progress of a running job; change nothing."""
    tenant = visited_tenant(is_fresh=True)
    running = running_job(tenant.id, JobKind.CLEAR, services=services())
    return progress_fragment(running) if running else _confirm(tenant)


@clear.post("/activity/clear")
@writers_only
def start() -> str:
    """Start to clear the log, or the requested part of it."""
    tenant = visited_tenant(is_fresh=True)
    scope = _scope(tenant)
    text, query = request.form.get("counted", ""), query_of(scope, timezone=None)
    counted = counted_in(text, JobKind.CLEAR, tenant_id=tenant.id, query=query)
    job = start_clear(tenant, scope, by=session().staff, services=services(), counted=counted)
    return progress_fragment(job) if job else _confirm(tenant)


def _scope(tenant: Tenant) -> LogView:
    """Return the view to clear: the filtered rows, or the whole log if that was chosen."""
    return _WHOLE if request.args.get("scope") == "all" else asked_view(tenant)


def _confirm(tenant: Tenant) -> str:
    scope, shown = _scope(tenant), asked_view(tenant)
    timezone = tenant.settings.timezone
    is_part = scope != _WHOLE
    plan = plan_clear(tenant.id, scope, services=services())
    every = {"scope": "all"}
    return render_template(
        "eventlog/_clear_confirm.html",
        plan=plan,
        counted=signed(
            plan.counted,
            JobKind.CLEAR,
            tenant_id=tenant.id,
            query=query_of(scope, timezone=None),
        ),
        rows=counted(plan.total, "row"),
        is_part=is_part,
        filters=view_words(scope, timezone=timezone),
        is_filtered=shown != _WHOLE,
        query=query_of(shown, timezone=timezone, **({} if is_part else every)),
        other_query=query_of(shown, timezone=timezone, **(every if is_part else {})),
        export_query=query_of(scope, timezone=timezone),
        **panel_facts(tenant),
    )

"""The event log: a page, and the fragment that it polls."""

from flask import Blueprint, Response, abort, make_response, render_template, request

from service.domain.tenant import is_tenant_id
from service.settings import is_loopback
from service.usecases.read_activity import read_activity
from service.web.current import services, settings
from service.web.presenters import ActivityRow, activity_row

activity = Blueprint("activity", __name__)


@activity.before_request
def only_on_this_machine() -> None:
    """Turn everybody away but a browser on the machine that the service is bound to.

    The log belongs to a winery's staff, and there is no sign-in through Commerce7's frame yet. The
    host is checked too, since a stranger's page can give its own name this machine's address.
    """
    if not (settings().is_local and is_loopback(f"//{request.host}")):
        abort(401)


@activity.get("/")
def page() -> Response:
    """Show the log."""
    return _render("activity.html")


@activity.get("/activity/table")
def activity_table() -> Response:
    """Return the table alone, as the page polls it."""
    return _render("_activity_table.html")


def _render(template: str) -> Response:
    tenant_id = request.args.get("tenantId", "")
    if not is_tenant_id(tenant_id):
        abort(400)
    response = make_response(render_template(template, tenant_id=tenant_id, rows=_rows(tenant_id)))
    response.headers["Cache-Control"] = "no-store"
    return response


def _rows(tenant_id: str) -> list[ActivityRow]:
    records = read_activity(tenant_id, services=services())
    if records is None:
        abort(404)
    return [activity_row(record) for record in records]

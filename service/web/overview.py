"""The Overview tab: how far the winery is, and what happened last."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template

from service.domain.log_view import LogView
from service.web.current import services
from service.web.guard import let_staff_in, session
from service.web.log_rows import log_row
from service.web.reader import reader_for

LAST_ROWS = 5

overview = Blueprint("overview", __name__)
overview.before_request(let_staff_in)


@overview.get("/overview")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("_overview.html", **overview_view())


def overview_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    tenant = services().tenants.recall(session().tenant_id)
    if tenant is None or not tenant.installation.is_installed:
        abort(401)
    found = services().events.page(tenant.id, LogView(), after=None, limit=LAST_ROWS)
    reader = reader_for(tenant)
    rows = [{"row": log_row(each.record, reader), "detail": None} for each in found]
    return {"rows": rows, "is_openable": False}

"""The Overview tab: how far the winery is, and what happened last."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template

from service.domain.tenant import Role
from service.usecases.read_overview import read_overview
from service.web.current import now, services, settings
from service.web.guard import let_staff_in, may_write, session
from service.web.log_rows import log_row
from service.web.reader import reader_for
from service.web.setup_words import setup_rows

overview = Blueprint("overview", __name__)
overview.before_request(let_staff_in)


@overview.get("/overview")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("_overview.html", **overview_view())


def overview_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    known = read_overview(session().tenant_id, services=services())
    if known is None:
        abort(401)
    tenant = known.tenant
    reader = reader_for(tenant)
    has_code = bool(tenant.choices.test_event_code)
    return {
        "setup": known.setup,
        "setup_rows": setup_rows(known.setup),
        "settings": tenant.settings,
        "pixel_ids": [tenant.settings.pixel_of(role) for role in Role],
        "rows": [{"row": log_row(each, reader), "detail": None} for each in known.newest],
        "is_openable": False,
        "is_code_old": has_code and tenant.progress.has_old_test_code(now()),
        "may_write": may_write(session()),
        "write_roles": settings().write_roles,
    }

"""The Overview tab: how far the winery is, and what happened last."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template

from service.usecases.read_activity import read_activity
from service.web.current import services
from service.web.guard import let_staff_in, session
from service.web.presenters import activity_row

LAST_ROWS = 5

overview = Blueprint("overview", __name__)
overview.before_request(let_staff_in)


@overview.get("/overview")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("_overview.html", **overview_view())


def overview_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    records = read_activity(session().tenant_id, limit=LAST_ROWS, services=services())
    if records is None:
        abort(401)
    return {"rows": [activity_row(each) for each in records]}

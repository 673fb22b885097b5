"""The Event Log tab, and the table in it as the dashboard polls it."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template

from service.usecases.read_activity import read_activity
from service.web.current import services
from service.web.guard import let_staff_in, session
from service.web.presenters import activity_row

activity = Blueprint("activity", __name__)
activity.before_request(let_staff_in)


@activity.get("/activity")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("_activity.html", **activity_view())


@activity.get("/activity/table")
def activity_table() -> str:
    """Return the newest rows."""
    return render_template("_activity_table.html", **activity_view())


def activity_view() -> Mapping[str, object]:
    """Return what the tab's templates show."""
    records = read_activity(session().tenant_id, services=services())
    if records is None:
        abort(401)
    return {"rows": [activity_row(each) for each in records]}

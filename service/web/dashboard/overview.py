"""The Overview tab: the set-up path, and the newest events."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request

from service.domain.tenants.tenant import Role
from service.usecases.eventlog.read_overview import Overview, newest_conversions, read_overview
from service.web.configuration.setup_messages import setup_rows
from service.web.eventlog.reader import reader_for
from service.web.eventlog.rows import log_row
from service.web.request.current import now, services
from service.web.request.etag import etag_of
from service.web.request.guard import deny, require_session, rights, session

overview = Blueprint("overview", __name__)
overview.before_request(require_session)


@overview.get("/overview")
def show() -> Response:
    """Return the tab's fragment, or 204 if nothing has changed since the mark that the page sends.

    A 204 costs one read of the store.
    """
    known = _known()
    if request.args.get("mark") == _mark(known):
        return make_response("", 204)
    return make_response(render_template("dashboard/_overview.html", **_view(known)))


def overview_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    return _view(_known())


def _view(known: Overview) -> Mapping[str, object]:
    tenant = known.tenant
    reader = reader_for(tenant)
    newest = newest_conversions(tenant.id, services=services())
    return {
        "setup": known.setup,
        "setup_rows": setup_rows(known.setup),
        "settings": tenant.settings,
        "pixel_ids": [tenant.settings.pixel_of(role) for role in Role],
        "rows": [{"row": log_row(each, reader), "detail": None} for each in newest],
        "is_openable": False,
        "is_code_old": _is_code_old(known),
        **rights(),
        "mark": _mark(known),
        "zone": reader.zone.key,
    }


def _known() -> Overview:
    known = read_overview(session().tenant_id, services=services())
    if known is None:
        deny()
    return known


def _is_code_old(known: Overview) -> bool:
    tenant = known.tenant
    return bool(tenant.choices.test_event_code) and tenant.progress.has_old_test_code(now())


def _mark(known: Overview) -> str:
    steps, version = sorted(known.setup.done), known.tenant.settings.version
    return etag_of(known.last_change, steps, version, _is_code_old(known))

"""The Overview tab: the set-up path, and the newest events."""

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, render_template, request

from service.domain.health.health import health_facts
from service.domain.tenants.tenant import Role
from service.usecases.eventlog.read_overview import Overview, newest_conversions, read_overview
from service.web.configuration.setup import setup_view
from service.web.eventlog.reader import reader_for
from service.web.eventlog.rows import log_row
from service.web.health.views import health_now
from service.web.quality.views import quality_view
from service.web.request.current import now, services
from service.web.request.etag import etag_of
from service.web.request.guard import require_session, rights, visited_tenant

overview = Blueprint("overview", __name__)
overview.before_request(require_session)


@overview.get("/overview")
def show() -> Response:
    """Return the tab's fragment, or 204 if nothing has changed since the mark that the page sends.

    A 204 costs two reads of the store: the winery, which another process may have changed or signed
    out, and the log's last change.
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
    health = health_now(tenant)
    return {
        **setup_view(health, tenant, here=""),
        "pixel_ids": [tenant.settings.pixel_of(role) for role in Role],
        "rows": [{"row": log_row(each, reader), "detail": None} for each in newest],
        "is_openable": False,
        "is_code_old": _is_code_old(known),
        **quality_view(tenant, has_history=False, may_ask="mark" not in request.args),
        **rights(),
        "mark": _mark(known),
        "zone": reader.zone.key,
    }


def _known() -> Overview:
    return read_overview(visited_tenant(is_fresh=True), services=services())


def _is_code_old(known: Overview) -> bool:
    tenant = known.tenant
    return bool(tenant.choices.test_event_code) and tenant.progress.has_old_test_code(now())


def _mark(known: Overview) -> str:
    tenant = known.tenant
    facts, steps = health_facts(tenant, now=now()), sorted(known.setup.done)
    version = tenant.settings.version
    return etag_of(known.last_change, facts, steps, version, _is_code_old(known))

"""The Event Log tab: the tab itself, the table that it polls, and a single row."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, make_response, render_template, request

from service.domain.events.event import EventName
from service.domain.events.idempotency import may_be_event_key
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.read_log import read_log
from service.web.eventlog.cursor import read_cursor, sign_cursor
from service.web.eventlog.detail import log_detail
from service.web.eventlog.query import query_of, view_in
from service.web.eventlog.reader import reader_for
from service.web.eventlog.rows import Reader, log_row
from service.web.request.current import services
from service.web.request.etag import etag_of
from service.web.request.guard import may_write, require_session, rights, session, visited_tenant

_SHOWN = {
    Show.CONVERSIONS: "Conversions",
    Show.WEBSITE: "Website events",
    Show.TESTS: "Tests",
    Show.ALL: "Everything",
}

eventlog = Blueprint("eventlog", __name__)
eventlog.before_request(require_session)


@eventlog.get("/activity")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("eventlog/_eventlog.html", **eventlog_view())


@eventlog.get("/activity/table")
def table() -> Response:
    """Return the rows, or 204 if nothing has changed since the mark that the page sends.

    A 204 costs one read of the store.
    """
    tenant = visited_tenant()
    mark = _mark(tenant)
    if request.args.get("mark") == mark:
        return make_response("", 204)
    return make_response(render_template("eventlog/_eventlog_table.html", **_view(tenant, mark)))


@eventlog.get("/activity/rows/<key>")
def row(key: str) -> str:
    """Return one row, opened or closed."""
    if not may_be_event_key(key):
        abort(404)
    stored = services().events.find(session().tenant_id, key)
    if stored is None or stored.record.cleared:
        abort(404)
    is_open = "open" in request.args
    shown = _shown(stored.record, reader_for(visited_tenant()), is_open=is_open)
    may = may_write(session())
    return render_template("eventlog/row.html", **shown, may_write=may)


def eventlog_view() -> Mapping[str, object]:
    """Return the variables of the tab's templates, for the view in the request."""
    tenant = visited_tenant()
    # The mark first, so that the next poll finds what changes while the rows are read.
    return _view(tenant, _mark(tenant))


def _view(tenant: Tenant, mark: str) -> Mapping[str, object]:
    timezone = tenant.settings.timezone
    view = view_in(request.args, timezone=timezone)
    after = read_cursor(request.args.get("after", ""), tenant_id=tenant.id)
    # Opened rows stay on the first page, even when newer rows would push them off.
    asked = () if after else dict.fromkeys(request.args.getlist("open"))
    opened = tuple(key for key in asked if may_be_event_key(key))
    page = read_log(tenant.id, view, after=after, services=services(), held=opened)
    further = sign_cursor(page.further, tenant_id=tenant.id) if page.further else ""
    reader = reader_for(tenant)
    return {
        "rows": [_shown(each, reader, is_open=each.key in opened) for each in page.records],
        "view": view,
        "is_filtered": view != LogView(show=view.show),
        "is_live": after is None,
        "mark": mark,
        "query": query_of(view, timezone=timezone),
        "live_query": query_of(view, timezone=timezone, mark=mark),
        "further_query": query_of(view, timezone=timezone, after=further) if further else "",
        "asked": request.args,
        "shows": tuple(_SHOWN.items()),
        "events": tuple((name, name) for name in EventName),
        "event_statuses": tuple((status, status) for status in Status),
        "channels": tuple((channel, channel) for channel in Channel),
        "zone": reader.zone.key,
        **rights(),
    }


def _mark(tenant: Tenant) -> str:
    """Return the mark of the rows, and of the settings that their advice depends on."""
    return etag_of(services().events.last_change(tenant.id), tenant.settings.version)


def _shown(record: EventRecord, reader: Reader, *, is_open: bool) -> dict[str, object]:
    return {
        "row": log_row(record, reader),
        "detail": log_detail(record, reader) if is_open else None,
    }

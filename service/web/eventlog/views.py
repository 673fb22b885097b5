"""The Event Log tab: the tab itself, the table that it polls, and a single row."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, make_response, render_template, request

from service.domain.events.event import EventName
from service.domain.events.idempotency import may_be_event_key
from service.domain.health.health import health_facts
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord
from service.domain.shop.order import Channel
from service.domain.shop.time_zone import zone_of
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.count_log import count_log
from service.usecases.eventlog.read_log import read_log
from service.web.eventlog.counts import range_words, status_chips
from service.web.eventlog.cursor import Place, read_place, sign_place
from service.web.eventlog.detail import log_detail
from service.web.eventlog.missing_order import missing_number
from service.web.eventlog.query import linked_event, query_of, view_in
from service.web.eventlog.reader import reader_for
from service.web.eventlog.rows import Reader, log_row
from service.web.eventlog.view_words import SHOWN
from service.web.health.views import health_now, health_view
from service.web.quality.views import quality_view
from service.web.request.current import now, services
from service.web.request.etag import etag_of
from service.web.request.guard import may_write, require_session, rights, session, visited_tenant

eventlog = Blueprint("eventlog", __name__)
eventlog.before_request(require_session)


@eventlog.get("/activity")
def show() -> str:
    """Return the tab's fragment."""
    return render_template("eventlog/_eventlog.html", **eventlog_view())


@eventlog.get("/activity/table")
def table() -> Response:
    """Return the rows, or 204 if nothing has changed since the mark that the page sends.

    A 204 costs two reads of the store: the winery, which another process may have changed or signed
    out, and the log's last change.
    """
    tenant = visited_tenant(is_fresh=True)
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
    tenant = visited_tenant(is_fresh=True)
    # The mark first, so that the next poll finds what changes while the rows are read.
    mark = _mark(tenant)
    return {
        **health_view(health_now(tenant)),
        **_view(tenant, mark),
        **quality_view(tenant, has_history=True),
    }


def _view(tenant: Tenant, mark: str) -> Mapping[str, object]:
    timezone = tenant.settings.timezone
    view = _asked_view(tenant)
    place = read_place(request.args.get("after", ""), tenant_id=tenant.id)
    return {
        **_page(tenant, view, place),
        "view": view,
        "is_filtered": view != LogView(show=view.show),
        "is_live": place is None,
        "mark": mark,
        "query": query_of(view, timezone=timezone),
        "live_query": query_of(view, timezone=timezone, mark=mark),
        "asked": request.args,
        "shows": tuple(SHOWN.items()),
        "events": tuple((name, name) for name in EventName),
        "channels": tuple((channel, channel) for channel in Channel),
        "zone": zone_of(timezone).key,
        **rights(),
    }


def _asked_view(tenant: Tenant) -> LogView:
    """Return the view in the request; the link of an event's own page finds that event."""
    if key := linked_event(request.args.get("object", "")):
        stored = services().events.find(tenant.id, key) if may_be_event_key(key) else None
        if stored and not stored.record.cleared:
            return LogView(show=Show.ALL, object=stored.record.event_id)
    return view_in(request.args, timezone=tenant.settings.timezone)


def _page(tenant: Tenant, view: LogView, place: Place | None) -> Mapping[str, object]:
    """Return the page's rows and counts, and the addresses of the pages beside it."""
    after, timezone = place.after if place else None, tenant.settings.timezone
    # Opened rows stay on the first page, even when newer rows would push them off.
    asked = () if place else dict.fromkeys(request.args.getlist("open"))
    opened = tuple(key for key in asked if may_be_event_key(key))
    page = read_log(tenant.id, view, after=after, services=services(), held=opened)
    counts = count_log(tenant.id, view, page, after=after, services=services())

    def address(of: Place | None) -> str:
        signed = {"after": sign_place(of, tenant_id=tenant.id)} if of else {}
        query = query_of(view, timezone=timezone, **signed)
        return f"/activity?{query}" if query else "/activity"

    reader, older = reader_for(tenant), None
    if page.further:
        older = place.older(page.further) if place else Place(page.further)
    missing, is_hidden = "", False
    if not (page.records or place):
        missing, is_hidden = missing_number(tenant.id, view)
    return {
        "missing": missing,
        "is_hidden": is_hidden,
        "retention_days": tenant.settings.retention_days,
        "rows": [_shown(each, reader, is_open=each.key in opened) for each in page.records],
        "chips": status_chips(counts, view, timezone=timezone),
        "range": range_words(counts),
        "newer_path": address(place.back()) if place else "",
        "older_path": address(older) if older else "",
    }


def _mark(tenant: Tenant) -> str:
    """Return the mark of the rows, of the settings that their advice needs, and of the health."""
    facts = health_facts(tenant, now=now())
    return etag_of(services().events.last_change(tenant.id), tenant.settings.version, facts)


def _shown(record: EventRecord, reader: Reader, *, is_open: bool) -> dict[str, object]:
    return {
        "row": log_row(record, reader),
        "detail": log_detail(record, reader) if is_open else None,
    }

"""The filtered log as a CSV file, streamed as it is read.

A download is a navigation, which cannot carry the session's header. Its address holds a signed
ticket instead, valid for one minute and for this winery's log alone.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, make_response, request
from itsdangerous import BadSignature, URLSafeSerializer

from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import is_tenant_id
from service.ports import Cursor, Services, StoreUnavailableError
from service.usecases.eventlog.rows import cursor_of
from service.usecases.tenants.installed_tenant import installed_tenant
from service.web.eventlog.query import query_of, view_in
from service.web.request.current import limits, now, services, settings
from service.web.request.guard import require_session, session
from service.web.request.problems import TOO_MANY, page_for

TICKET_FOR = timedelta(minutes=1)
_AT_A_TIME = 200
_ALL, _WRITTEN_FOR = "exports", timedelta(minutes=5)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = (
    "received_at", "happened_at", "event", "object", "number", "object_id", "channel", "value",
    "currency", "status", "pixel", "pixel_status", "reason", "event_id", "trace_id",
)  # fmt: skip

export = Blueprint("export", __name__)


@export.post("/activity/export")
def prepare() -> Response:
    """Redirect the browser to the file; answer 503 if too many exports are under way."""
    require_session()
    if not limits().exports.is_free(_ALL, now=now()):
        abort(503)
    tenant = services().tenants.get_cached(session().tenant_id)
    timezone = tenant.settings.timezone if tenant else None
    view = view_in(request.args, timezone=timezone)
    until = int((now() + TICKET_FOR).timestamp())
    ticket = _tickets().dumps([session().tenant_id, query_of(view, timezone=timezone), until])
    response = make_response("", 204)
    response.headers["HX-Redirect"] = f"/activity/export/{ticket}/events.csv"
    return response


@export.get("/activity/export/<ticket>/events.csv")
def download(ticket: str) -> Response:
    """Return the file that the ticket is for."""
    tenant_id, query = _read(ticket)
    tenant = installed_tenant(tenant_id, services=services(), is_fresh=True)
    if tenant is None:
        abort(401)
    bulkhead, started = limits().exports, now()
    if not bulkhead.acquire(_ALL, now=started):
        return page_for(TOO_MANY, tenant_id=tenant_id)
    view = view_in(query, timezone=tenant.settings.timezone)
    lines = _lines(tenant_id, view, services=services(), until=started + _WRITTEN_FOR)
    response = Response(lines, content_type="text/csv; charset=utf-8")
    clock = services().clock
    response.call_on_close(lambda: bulkhead.release(_ALL, since=started, now=clock()))
    name = f"1pixel-events-{now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(settings().session_keys)), salt="log-export")


def _read(ticket: str) -> tuple[str, dict[str, str]]:
    try:
        tenant_id, query, until = _tickets().loads(ticket)
    except (BadSignature, ValueError, TypeError):
        abort(401)
    if now().timestamp() >= until or not is_tenant_id(tenant_id):
        abort(401)
    return tenant_id, dict(parse_qsl(query))


def _lines(tenant_id: str, view: LogView, *, services: Services, until: datetime) -> Iterator[str]:
    yield _line(_HEAD)
    after: Cursor | None = None
    with suppress(StoreUnavailableError):
        while services.clock() < until:
            batch = services.events.page(tenant_id, view, after=after, limit=_AT_A_TIME)
            for stored in batch:
                yield "".join(_line(cells) for cells in _cells(stored.record))
            if len(batch) < _AT_A_TIME:
                return
            after = cursor_of(batch[-1])
    # The status was sent long ago, so the file itself must say that it is incomplete.
    yield _line(["INCOMPLETE: the log could not be read to its end. Export it again."])


def _cells(record: EventRecord) -> Iterator[list[str]]:
    """Yield a line for each delivery, or one for an event without deliveries."""
    custom = record.custom
    value = custom.value if custom else None
    whole = [
        record.received_at.isoformat(timespec="seconds"),
        record.occurred_at.isoformat(timespec="seconds") if record.occurred_at else "",
        record.name,
        record.object_kind,
        record.object_number or "",
        record.object_id,
        record.channel or "",
        f"{value.major:.2f}" if value else "",
        (value.currency or "") if value else "",
        record.status,
    ]
    if not record.deliveries:
        yield [*whole, "", "", record.sentence, record.event_id, ""]
    for role, delivery in record.deliveries.items():
        reason, trace = delivery.sentence, delivery.trace_id or ""
        yield [*whole, role, delivery.status, reason, record.event_id, trace]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    line = StringIO()
    csv.writer(line).writerow([_safe(cell) for cell in cells])
    return line.getvalue()


def _safe(cell: str) -> str:
    # A spreadsheet would run what begins like a formula (OWASP: CSV injection).
    return f"'{cell}" if cell.startswith(_FORMULA) else cell

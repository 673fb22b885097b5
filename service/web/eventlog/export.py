"""The filtered log as a CSV file, streamed as it is read.

The page asks for it with its session like for everything else, and makes a file of the answer
(`static/js/eventlog/export.js`): a link could not carry the session's header.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO

from flask import Blueprint, Response, abort, request

from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.ports import Cursor, Services, StoreUnavailableError
from service.usecases.eventlog.rows import cursor_of
from service.web.eventlog.formulas import may_be_formula
from service.web.eventlog.query import view_in
from service.web.request.current import limits, now, services
from service.web.request.guard import require_session, visited_tenant

_AT_A_TIME = 200
_ALL, _WRITTEN_FOR = "exports", timedelta(minutes=5)
_HEAD = (
    "received_at", "happened_at", "event", "object", "number", "object_id", "channel", "value",
    "currency", "status", "pixel", "pixel_status", "reason", "event_id", "trace_id",
)  # fmt: skip

export = Blueprint("export", __name__)
export.before_request(require_session)


@export.post("/activity/export")
def download() -> Response:
    """Return the file; answer 503 if too many exports are under way."""
    tenant = visited_tenant(is_fresh=True)
    view = view_in(request.args, timezone=tenant.settings.timezone)
    bulkhead, started, clock = limits().exports, now(), services().clock
    if not bulkhead.acquire(_ALL, now=started):
        abort(503)
    lines = _lines(tenant.id, view, services=services(), until=started + _WRITTEN_FOR)
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.call_on_close(lambda: bulkhead.release(_ALL, since=started, now=clock()))
    name = f"1pixel-events-{started:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    return f"'{cell}" if may_be_formula(cell) else cell

"""The filtered log as a CSV file, streamed as it is read.

The page asks for it with its session like for everything else, and makes a file of the answer
(`static/js/eventlog/export.js`): a link could not carry the session's header.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, render_template, request
from msgspec import Struct

from service.domain.copies import replace
from service.domain.records.amounts import value_of_record
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.shop.time_zone import zone_of
from service.domain.tenants.tenant import Tenant
from service.ports import Cursor, Services, StoreUnavailableError
from service.usecases.eventlog.rows import cursor_of
from service.web.eventlog.export_periods import file_name, periods
from service.web.eventlog.formulas import may_be_formula
from service.web.eventlog.jobs import panel_facts
from service.web.eventlog.query import query_of, view_in
from service.web.eventlog.view_words import status_words, view_words
from service.web.request.current import limits, now, services
from service.web.request.guard import require_session, visited_tenant

_AT_A_TIME = 200
_NUMBER = re.compile(r"-?\d+\.\d\d")
_WRITTEN_FOR = timedelta(minutes=5)
_HEAD = (
    "received_at", "happened_at", "event", "object", "number", "object_id", "channel", "value",
    "currency", "status", "pixel", "pixel_status", "reason", "event_id", "trace_id",
)  # fmt: skip

export = Blueprint("export", __name__)
export.before_request(require_session)


class OfferedPeriod(Struct, frozen=True, kw_only=True):
    """A period to export: its words, its view as a query, and whether it has no rows."""

    words: str
    query: str
    is_empty: bool


@export.get("/activity/export")
def choose() -> str:
    """Return the choice of what to export: what is shown, or a period; change nothing."""
    tenant = visited_tenant(is_fresh=True)
    timezone = tenant.settings.timezone
    view = view_in(request.args, timezone=timezone)
    every = replace(view, since=None, until=None)
    return render_template(
        "eventlog/_export_panel.html",
        query=query_of(view, timezone=timezone),
        filters=view_words(view, timezone=timezone),
        is_empty=_is_empty(tenant.id, view),
        other_filters=view_words(every, timezone=timezone),
        periods=[*_offered(tenant, every)],
        retention_days=tenant.settings.retention_days,
        **panel_facts(tenant),
    )


def _offered(tenant: Tenant, view: LogView) -> Iterator[OfferedPeriod]:
    zone = zone_of(tenant.settings.timezone)
    today = now().astimezone(zone).date()
    for each in periods(today, kept_days=tenant.settings.retention_days):
        narrowed = each.of(view, zone)
        yield OfferedPeriod(
            words=each.words,
            query=query_of(narrowed, timezone=tenant.settings.timezone),
            is_empty=_is_empty(tenant.id, narrowed),
        )


def _is_empty(tenant_id: str, view: LogView) -> bool:
    return services().events.count_in(tenant_id, view, most=1) == 0


@export.post("/activity/export")
def download() -> Response:
    """Return the file; answer 503 if too many exports are under way."""
    tenant = visited_tenant(is_fresh=True)
    view = view_in(request.args, timezone=tenant.settings.timezone)
    places, started = limits().exports, now()
    if not places.acquire(blocking=False):
        abort(503)
    zone = zone_of(tenant.settings.timezone)
    reader = _Reader(tenant_id=tenant.id, zone=zone, until=started + _WRITTEN_FOR)
    lines = _lines(reader, view, services=services())
    response = Response(lines, content_type="text/csv; charset=utf-8")
    response.call_on_close(places.release)
    name = file_name(view, today=started.astimezone(zone).date(), zone=zone)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Reader(Struct, frozen=True, kw_only=True):
    """For whom the file is written: a winery with its zone, and until when at the latest."""

    tenant_id: str
    zone: ZoneInfo
    until: datetime


def _lines(reader: _Reader, view: LogView, *, services: Services) -> Iterator[str]:
    yield _line(_HEAD)
    after: Cursor | None = None
    with suppress(StoreUnavailableError):
        while services.clock() < reader.until:
            batch = services.events.page(reader.tenant_id, view, after=after, limit=_AT_A_TIME)
            for stored in batch:
                yield "".join(_line(cells) for cells in _cells(stored.record, reader.zone))
            if len(batch) < _AT_A_TIME:
                return
            after = cursor_of(batch[-1])
    # The status was sent long ago, so the file itself must say that it is incomplete.
    yield _line(["INCOMPLETE: some events are missing from this file. Export it again."])


def _cells(record: EventRecord, zone: ZoneInfo) -> Iterator[list[str]]:
    """Yield a line for each delivery, or one for an event without deliveries."""
    value = value_of_record(record)
    whole = [
        record.received_at.astimezone(zone).isoformat(timespec="seconds"),
        record.occurred_at.astimezone(zone).isoformat(timespec="seconds")
        if record.occurred_at
        else "",
        record.name,
        record.object_kind,
        record.object_number or "",
        record.object_id,
        record.channel or "",
        f"{value.major:.2f}" if value else "",
        (value.currency or "") if value else "",
        status_words(record.status),
    ]
    if not record.deliveries:
        yield [*whole, "", "", record.sentence, record.event_id, ""]
    for role, delivery in record.deliveries.items():
        reason, trace = delivery.sentence, delivery.trace_id or ""
        status = status_words(delivery.status)
        yield [*whole, role, status, reason, record.event_id, trace]


def _line(cells: list[str] | tuple[str, ...]) -> str:
    line = StringIO()
    csv.writer(line).writerow([_safe(cell) for cell in cells])
    return line.getvalue()


def _safe(cell: str) -> str:
    # An apostrophe would keep the amount of a refund from the spreadsheet's sums.
    is_number = _NUMBER.fullmatch(cell)
    return f"'{cell}" if may_be_formula(cell) and not is_number else cell

"""An event's own page: Meta's receipt, why it was sent or not, and what was sent.

It is printed, and its address is shared within the winery: only a session of the same winery finds
the event (docs/adr/0047-an-event-has-a-page.md).
"""

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from service.domain.events.idempotency import may_be_event_key
from service.domain.records.record import EventRecord
from service.web.eventlog.detail import log_detail
from service.web.eventlog.query import EVENT_PATH
from service.web.eventlog.reader import reader_for
from service.web.eventlog.receipt import receipts
from service.web.eventlog.rows import log_row, moment
from service.web.request.current import services, settings
from service.web.request.guard import may_write, require_session, session, visited_tenant

event_page = Blueprint("event_page", __name__)
event_page.before_request(require_session)


@event_page.get(EVENT_PATH)
def show() -> str:
    """Return the page's fragment; one that says so if the log has no such event."""
    return render_template("eventlog/_event.html", **event_view())


def event_view() -> Mapping[str, object]:
    """Return the variables of the page's template, for the key in the request."""
    tenant = visited_tenant(is_fresh=True)
    record = _record(request.args.get("key", ""))
    if record is None:
        return {"row": None, "retention_days": tenant.settings.retention_days}
    reader = reader_for(tenant)
    detail, received = log_detail(record, reader), receipts(record, reader)
    return {
        "row": log_row(record, reader),
        "detail": detail,
        "receipts": received,
        "is_whole": len(received) == len(detail.outcomes),
        "as_of": moment(reader.now, reader),
        "base_url": settings().base_url,
        "tenant_id": tenant.id,
        "may_write": may_write(session()),
    }


def _record(key: str) -> EventRecord | None:
    stored = services().events.find(session().tenant_id, key) if may_be_event_key(key) else None
    return stored.record if stored and not stored.record.cleared else None

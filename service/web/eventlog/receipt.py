"""Meta's receipt of an event, as the event's own page prints it. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.delivery.verdict import Answer
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.web.eventlog.rows import Reader, RowTime, moment

_RECEIVED = "1 event received"


class Receipt(Struct, frozen=True, kw_only=True):
    """One pixel's receipt: when Meta took the event, and Meta's own code for that request.

    An empty code is unknown (Meta: Graph API, "Handling errors", `fbtrace_id`).
    """

    role: str
    pixel_id: str
    at: RowTime | None
    answer: str
    trace_id: str


def receipts(record: EventRecord, reader: Reader) -> Sequence[Receipt]:
    """Return the receipt of each pixel that has received the event."""
    return [
        _receipt(role, delivery, reader)
        for role in Role
        if (delivery := record.deliveries.get(role)) and delivery.status is DeliveryStatus.SENT
    ]


def _receipt(role: Role, delivery: Delivery, reader: Reader) -> Receipt:
    taken = [each for each in delivery.tries if each.answer is Answer.ACCEPTED]
    at = taken[-1].at if taken else delivery.finished_at
    return Receipt(
        role=role.title(),
        pixel_id=delivery.pixel_id or "",
        at=moment(at, reader) if at else None,
        answer=_RECEIVED,
        trace_id=(taken[-1].trace_id if taken else delivery.trace_id) or "",
    )

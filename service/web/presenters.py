"""Domain objects as plain rows for templates."""

from dataclasses import dataclass

from service.domain.record import EventRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """One row of the log, ready to print."""

    key: str
    event: str
    object_id: str
    object_label: str
    status: str
    reasons: tuple[str, ...]
    at: str
    at_iso: str


def activity_row(record: EventRecord) -> ActivityRow:
    """Return what the log shows of this event."""
    by_role = {
        f"{role}: {delivery.reason}"
        for role, delivery in record.deliveries.items()
        if delivery.reason
    }
    alone = len(record.deliveries) == 1
    reasons = [each.partition(": ")[2] if alone else each for each in sorted(by_role)]
    if record.reason and not record.deliveries:
        reasons.append(record.reason)
    number = f"{record.object_kind} {record.object_number}" if record.object_number else ""
    return ActivityRow(
        key=record.key,
        event=record.name,
        object_id=record.object_id,
        object_label=number,
        status=record.status,
        reasons=tuple(reasons),
        at=f"{record.received_at:%Y-%m-%d %H:%M:%S} UTC",
        at_iso=record.received_at.isoformat(timespec="seconds"),
    )

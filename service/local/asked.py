"""A view of the log as SQLite is asked for it."""

from dataclasses import dataclass

from service.domain.log_view import LogView
from service.local.file import stamp


@dataclass(frozen=True, slots=True)
class Asked:
    """What follows `WHERE`, beginning with ` AND`, and its values."""

    condition: str
    values: tuple[str, ...]


def asked_of(view: LogView) -> Asked:
    """Return the condition for this view."""
    wanted = {
        "family = ?": view.family,
        "event = ?": view.event,
        "status = ?": view.status,
        "channel = ?": view.channel,
        "received_at >= ?": stamp(view.since),
        "received_at < ?": stamp(view.until),
    }
    given = {condition: value for condition, value in wanted.items() if value is not None}
    conditions, values = list(given), list(given.values())
    if view.object:
        conditions.append("(object_id = ? OR object_number = ?)")
        values += [view.object, view.object]
    return Asked("".join(f" AND {each}" for each in conditions), tuple(values))

"""A view of the log as an SQL condition."""

from dataclasses import dataclass

from service.domain.records.log_view import LogView
from service.local.file import stamp

# UNION uses an index for each half; with OR, SQLite would scan the whole log.
_OF_OBJECT = (
    "rowid IN (SELECT rowid FROM events"
    " WHERE tenant_id = ? AND object_id = ? AND received_at IS NOT NULL"
    " UNION SELECT rowid FROM events"
    " WHERE tenant_id = ? AND object_number = ? AND received_at IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class SqlCondition:
    """A condition to append to a `WHERE` clause, beginning with ` AND`, and its values."""

    sql: str
    values: tuple[str, ...]


def sql_condition(tenant_id: str, view: LogView) -> SqlCondition:
    """Return the condition for this view of the tenant's log, without its `until`."""
    wanted = {
        "family = ?": view.family,
        "event = ?": view.event,
        "status = ?": view.status,
        "channel = ?": view.channel,
        "received_at >= ?": stamp(view.since),
    }
    given = {condition: value for condition, value in wanted.items() if value is not None}
    conditions, values = list(given), list(given.values())
    if view.object:
        conditions.append(_OF_OBJECT)
        values += [tenant_id, view.object] * 2
    return SqlCondition("".join(f" AND {each}" for each in conditions), tuple(values))

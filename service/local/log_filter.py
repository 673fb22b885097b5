"""A view of the log as an SQL condition."""

from msgspec import Struct

from service.domain.records.log_view import LogView
from service.local.file import stamp

_TERMS = ("object_id", "object_number", "event_id")
# UNION uses an index for each part; with OR, SQLite would scan the whole log.
_OF_OBJECT = "rowid IN ({})".format(
    " UNION ".join(
        f"SELECT rowid FROM events WHERE tenant_id = ? AND {term} = ? AND received_at IS NOT NULL"  # noqa: S608 - our own words
        for term in _TERMS
    )
)


class SqlCondition(Struct, frozen=True):
    """A condition to append to a `WHERE` clause, beginning with ` AND`, and its values.

    `source` is the table to put it to.
    """

    sql: str
    values: tuple[str, ...]
    source: str


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
        values += [tenant_id, view.object] * len(_TERMS)
    # Else SQLite would look for an object's few rows along an index of the whole log.
    source = "events NOT INDEXED" if view.object else "events"
    return SqlCondition("".join(f" AND {each}" for each in conditions), tuple(values), source)

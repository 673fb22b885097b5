"""Read one page of a winery's log."""

from collections.abc import Sequence

from msgspec import Struct

from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.ports import Cursor, Services

PAGE_SIZE = 25
MOST_HELD = 3


class LogPage(Struct, frozen=True, kw_only=True):
    """Rows, newest first; `further` is the next page's cursor, if there is a next page.

    The first `size` rows are the page's own; those behind them were only held.
    """

    records: Sequence[EventRecord]
    size: int
    further: Cursor | None


def read_log(
    tenant_id: str,
    view: LogView,
    *,
    after: Cursor | None,
    services: Services,
    held: Sequence[str] = (),
) -> LogPage:
    """Return the rows of this view behind the cursor.

    `held` are the keys of rows that are open in the browser. Those that newer rows have pushed off
    the page are added at its end, at most three.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    found = services.events.page(tenant_id, view, after=after, limit=PAGE_SIZE + 1)
    records = [stored.record for stored in found[:PAGE_SIZE]]
    last = records[-1] if len(found) > PAGE_SIZE else None
    size = len(records)
    present = {record.key for record in records}
    pushed_off = [key for key in held if key not in present][:MOST_HELD]
    kept = [stored.record for key in pushed_off if (stored := services.events.find(tenant_id, key))]
    records += sorted(
        (record for record in kept if view.shows(record)),
        key=lambda record: (record.received_at, record.key),
        reverse=True,
    )
    further = Cursor(last.received_at, last.key) if last else None
    return LogPage(records=records, size=size, further=further)

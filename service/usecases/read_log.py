"""A page of a winery's log."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.log_view import LogView
from service.domain.record import EventRecord
from service.ports import Place, Services

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Rows, newest first; `further` is where the next page begins, if there is one."""

    records: Sequence[EventRecord]
    further: Place | None


def read_log(tenant_id: str, view: LogView, *, after: Place | None, services: Services) -> LogPage:
    """Return the rows of this view behind that place.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    found = services.events.page(tenant_id, view, after=after, limit=PAGE_SIZE + 1)
    records = [stored.record for stored in found[:PAGE_SIZE]]
    last = records[-1] if len(found) > PAGE_SIZE else None
    return LogPage(records=records, further=Place(last.received_at, last.key) if last else None)

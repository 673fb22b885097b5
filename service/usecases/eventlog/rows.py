"""Iterate over the rows of a view, newest first."""

from collections.abc import Iterator

from service.domain.records.cursor import Cursor
from service.domain.records.log_view import LogView
from service.ports import Services, Stored

MOST_COUNTED = 1000
"""How many rows a dry run reads at most; beyond that it says "at least"."""

_AT_A_TIME = 500


def rows_in(tenant_id: str, view: LogView, *, most: int, services: Services) -> Iterator[Stored]:
    """Yield the first rows of the view, `most` of them at most.

    Raises:
        StoreUnavailableError: the remaining rows could not be read.
    """
    after: Cursor | None = None
    while most > 0:
        limit = min(_AT_A_TIME, most)
        batch = services.events.page(tenant_id, view, after=after, limit=limit)
        yield from batch
        if len(batch) < limit:
            return
        most -= limit
        after = cursor_of(batch[-1])


def cursor_of(stored: Stored) -> Cursor:
    """Return the row's cursor: its place in the log."""
    return Cursor(stored.record.received_at, stored.record.key)

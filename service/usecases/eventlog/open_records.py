"""Iterate over a tenant's unfinished records."""

from collections.abc import Iterator

from service.ports import Cursor, Services, Stored

_AT_A_TIME = 100


def open_records(
    tenant_id: str, *, services: Services, after: Cursor | None = None
) -> Iterator[Stored]:
    """Yield the tenant's records that still have a due time, the most overdue first.

    Raises:
        StoreUnavailableError: the remaining records could not be read.
    """
    while batch := services.events.open(tenant_id, after=after, limit=_AT_A_TIME):
        yield from batch
        last = batch[-1].record
        if last.due_at is None or len(batch) < _AT_A_TIME:
            return
        after = Cursor(last.due_at, last.key)

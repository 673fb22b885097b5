"""Walking through everything of a tenant that is not finished."""

from collections.abc import Iterator

from service.ports import Services, Stored

_AT_A_TIME = 100


def open_records(tenant_id: str, *, services: Services) -> Iterator[Stored]:
    """Yield the tenant's records that still wait for something, the most overdue first.

    Raises:
        StoreUnavailableError: the rest is not known.
    """
    last: Stored | None = None
    while batch := services.events.open(tenant_id, after=last, limit=_AT_A_TIME):
        yield from batch
        last = batch[-1]

"""Count the rows of a view of a winery's log, by status, without reading them."""

from collections.abc import Mapping

from msgspec import Struct

from service.domain.copies import replace
from service.domain.records.log_view import LogView
from service.domain.records.record import Status
from service.ports import Cursor, Services
from service.usecases.eventlog.read_log import LogPage

MOST_OF_STATUS = 10_000
"""Where the count of a status ends: it is then a lower bound, since counting costs by the row."""


class LogCounts(Struct, frozen=True, kw_only=True):
    """How many rows there are, and which of them a page shows.

    `statuses` counts the rows of the view as if it had no status, `total` those of the view.
    `first` is the number of the page's first row among them, and `last` that of its last one.
    """

    statuses: Mapping[Status, int]
    total: int
    first: int
    last: int
    is_least: bool

    @property
    def every(self) -> int:
        """Return the number of rows of all statuses."""
        return sum(self.statuses.values())


def count_log(
    tenant_id: str, view: LogView, page: LogPage, *, after: Cursor | None, services: Services
) -> LogCounts:
    """Return the counts for this page of the view, which begins behind `after`.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    events = services.events
    statuses = events.count(tenant_id, view, most=MOST_OF_STATUS)
    counted = [statuses.get(view.status, 0)] if view.status else [*statuses.values()]
    newer = _newer(tenant_id, view, page, after=after, services=services) if after else 0
    return LogCounts(
        statuses=statuses,
        # Rows may arrive between two counts: what is shown is there.
        total=max(sum(counted), newer + page.size),
        first=newer + 1,
        last=newer + page.size,
        is_least=any(number >= MOST_OF_STATUS for number in counted),
    )


def _newer(
    tenant_id: str, view: LogView, page: LogPage, *, after: Cursor, services: Services
) -> int:
    """Return how many of the view's rows come before the page."""
    since = max(view.since or after.at, after.at)
    from_there = services.events.count_in(tenant_id, replace(view, since=since))
    of_same_moment = [each for each in page.records[: page.size] if each.received_at == after.at]
    return from_there - len(of_same_moment)

"""The counts above and below the log's rows: chips that filter, and the range of the page."""

from collections.abc import Sequence

from msgspec import Struct

from service.domain.copies import replace
from service.domain.records.log_view import LogView
from service.domain.records.record import Status
from service.usecases.eventlog.count_log import MOST_OF_STATUS, LogCounts
from service.web.eventlog.query import query_of

_WORST_FIRST = (
    Status.ERROR,
    Status.HELD,
    Status.RETRYING,
    Status.WAITING,
    Status.RECEIVED,
    Status.QUEUED,
    Status.SENDING,
    Status.SENT,
    Status.SKIPPED,
)


class StatusChip(Struct, frozen=True, kw_only=True):
    """A status with its number of rows; `query` is the view that shows them.

    The chip for all rows has no status.
    """

    status: str
    number: str
    query: str
    is_chosen: bool


def status_chips(counts: LogCounts, view: LogView, *, timezone: str | None) -> Sequence[StatusChip]:
    """Return the chips: all rows, then each status that a row has or the view asks for."""
    present = [each for each in _WORST_FIRST if counts.statuses.get(each) or each is view.status]
    return [
        StatusChip(
            status=status or "",
            number=_up_to(counts.statuses.get(status, 0) if status else counts.every, counts),
            query=query_of(replace(view, status=status), timezone=timezone),
            is_chosen=view.status is status,
        )
        for status in (None, *present)
    ]


def range_words(counts: LogCounts) -> str:
    """Return which rows the page shows; empty if it shows none."""
    if counts.last < counts.first:
        return ""
    more = "+" if counts.is_least else ""
    return f"{counts.first:,}\N{EN DASH}{counts.last:,} of {counts.total:,}{more}"


def _up_to(number: int, counts: LogCounts) -> str:
    is_least = any(each >= MOST_OF_STATUS for each in counts.statuses.values())
    return f"{number:,}{'+' if is_least and number >= MOST_OF_STATUS else ''}"

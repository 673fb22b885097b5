"""Which part of a winery's log is shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import EventRecord, Family, Status
from service.domain.shop.order import Channel


class Show(StrEnum):
    """Which families of events are shown; conversions are the default."""

    CONVERSIONS = "conversions"
    WEBSITE = "website"
    TESTS = "tests"
    ALL = "all"


_FAMILIES = {
    Show.CONVERSIONS: Family.CONVERSION,
    Show.WEBSITE: Family.WEBSITE,
    Show.TESTS: Family.TEST,
}


LogGroup = tuple[str, str, str | None, str]
"""The family, event, channel and status that some rows of the log have in common."""


class LogView(Struct, frozen=True, kw_only=True):
    """A filter of log rows; a field that is `None` or empty matches every row.

    `since` is included, `until` is not. `object` is one of a row's search terms: its object's
    id or number, or the event's id.
    """

    show: Show = Show.CONVERSIONS
    event: EventName | None = None
    status: Status | None = None
    channel: Channel | None = None
    since: datetime | None = None
    until: datetime | None = None
    object: str = ""

    @property
    def family(self) -> Family | None:
        """Return the one family that is shown; `None` for all."""
        return _FAMILIES.get(self.show)

    def shows(self, record: EventRecord) -> bool:
        """Tell whether the record matches the filter."""
        return (
            not record.cleared
            and self.shows_group((record.family, record.name, record.channel, record.status))
            and (self.since is None or record.received_at >= self.since)
            and (self.until is None or record.received_at < self.until)
            and (not self.object or self.object in record.search_terms)
        )

    def shows_group(self, group: LogGroup) -> bool:
        """Tell whether rows of this group match the filter, by these four words alone."""
        family, event, channel, status = group
        return (
            self.family in {None, family}
            and self.event in {None, event}
            and self.channel in {None, channel}
            and self.status in {None, status}
        )


def counted_views(view: LogView | None) -> Sequence[LogView]:
    """Return the views whose rows are counted by status: `view`, or all rows but tests."""
    if view:
        return [replace(view, status=None)]
    return [LogView(show=Show.CONVERSIONS), LogView(show=Show.WEBSITE)]


def views_by_status(view: LogView | None) -> Mapping[Status, Sequence[LogView]]:
    """Return for each status the views whose rows show it; those of `view` are of every status."""
    views = counted_views(view)
    return {status: [replace(each, status=status) for each in views] for status in Status}

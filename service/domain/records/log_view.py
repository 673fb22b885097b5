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
            and self.family in {None, record.family}
            and self.event in {None, record.name}
            and self.status in {None, record.status}
            and self.channel in {None, record.channel}
            and (self.since is None or record.received_at >= self.since)
            and (self.until is None or record.received_at < self.until)
            and (not self.object or self.object in record.search_terms)
        )


def views_by_status(view: LogView | None) -> Mapping[Status, Sequence[LogView]]:
    """Return for each status the views whose rows show it.

    They are those of `view`, of every status; without one, all rows but tests.
    """
    views = [view] if view else [LogView(show=Show.CONVERSIONS), LogView(show=Show.WEBSITE)]
    return {status: [replace(each, status=status) for each in views] for status in Status}

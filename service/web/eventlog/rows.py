"""Log rows as a table prints them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from service.commerce7.admin_links import admin_link
from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery
from service.domain.events.key_words import shown_key
from service.domain.events.money import Money
from service.domain.records.amounts import value_of_record
from service.domain.records.record import EventRecord
from service.domain.shop.dates import clock_of, exact_moment_of, short_day
from service.domain.tenants.tenant import Role, Tenant

_BOTH = "both pixels"


class PixelStatus(Struct, frozen=True, kw_only=True):
    """The status of one pixel's delivery; `pixel` is empty where a row has only one."""

    pixel: str
    status: str
    reason: str


class RowTime(Struct, frozen=True, kw_only=True):
    """A time as text: its age, and in the winery's zone to the minute and exactly."""

    at: datetime
    iso: str
    age: str
    short: str
    exact: str


class LogRow(Struct, frozen=True, kw_only=True):
    """One row, ready to print."""

    key: str
    event: str
    is_test: bool
    object_kind: str
    object_name: str
    object_id: str
    object_link: str | None
    channel: str
    value: str
    statuses: Sequence[PixelStatus]
    received: RowTime


class Reader(Struct, frozen=True, kw_only=True):
    """For whom rows are printed: the time, the winery with its zone, and its admin's address."""

    now: datetime
    zone: ZoneInfo
    admin_url: str
    tenant: Tenant


def log_row(record: EventRecord, reader: Reader) -> LogRow:
    """Return what the table shows of this event."""
    number, value = record.object_number, value_of_record(record)
    return LogRow(
        key=record.key,
        event=record.name,
        is_test=record.is_test,
        object_kind=record.object_kind.title(),
        object_name=f"#{number}" if number else "",
        object_id=record.object_id,
        object_link=admin_link(
            reader.admin_url, kind=record.object_kind, object_id=record.object_id
        ),
        channel=record.channel or "",
        value=amount(value) if value else "",
        statuses=statuses(record),
        received=moment(record.received_at, reader),
    )


def statuses(record: EventRecord) -> list[PixelStatus]:
    """Return the status of each pixel's delivery, or the event's own while it has none."""
    if not record.deliveries:
        return [PixelStatus(pixel="", status=record.status, reason=record.sentence)]
    found = {
        role: PixelStatus(
            pixel="" if len(record.deliveries) == 1 else role.title(),
            status=delivery.status,
            reason=delivery.sentence or _dropped_fields(delivery),
        )
        for role in Role
        if (delivery := record.deliveries.get(role))
    }
    alike = {replace(each, pixel=_BOTH) for each in found.values()}
    return [*alike] if len(found) > len(alike) else [*found.values()]


def amount(value: Money) -> str:
    """Return an amount with its currency's code: `115.84 USD`."""
    return f"{value.major:,.2f} {value.currency or '(currency unknown)'}"


def moment(at: datetime, reader: Reader) -> RowTime:
    """Return the time as text for this reader."""
    local = at.astimezone(reader.zone)
    return RowTime(
        at=at,
        iso=at.isoformat(timespec="seconds"),
        age=age_of(reader.now - at),
        short=f"{short_day(local)}, {clock_of(local)}",
        exact=exact_moment_of(local),
    )


def age_of(passed: timedelta) -> str:
    """Return an age as text, in the same form as static/js/eventlog/live.js."""
    seconds = max(0, int(passed.total_seconds()))
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def _dropped_fields(delivery: Delivery) -> str:
    return f"without {', '.join(map(shown_key, delivery.dropped))}" if delivery.dropped else ""

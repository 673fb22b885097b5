"""The figures of a winery, counted from its records alone, to compare its counters with."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.figures.daily_record import DailyRecord
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role


@dataclass
class Recount:
    """Plain totals. `keys` counts the sent events by event, channel and match key."""

    sent: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    cents: Counter[str] = field(default_factory=Counter)
    keys: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    timed: int = 0


def recount(records: Iterable[EventRecord]) -> Recount:
    """Return the totals of these records."""
    total = Recount()
    for record in records:
        if record.is_test or record.cleared:
            continue
        first = record.deliveries.get(Role.PRIMARY) or record.deliveries.get(Role.SECONDARY)
        is_skipped = first is None and record.state is Status.SKIPPED
        if is_skipped or (first and first.status is DeliveryStatus.SKIPPED):
            reason = first.reason if first else record.reason
            total.skipped[record.name, reason or ""] += 1
        elif first and first.status is DeliveryStatus.SENT:
            _count_sent(record, total)
    return total


def _count_sent(record: EventRecord, total: Recount) -> None:
    total.sent[record.name] += 1
    for key in ("", *record.match_keys):
        total.keys[record.name, record.channel or "", key] += 1
    value = record.custom.value if record.custom else None
    if record.name is EventName.PURCHASE and value and value.currency:
        total.cents[value.currency] += value.minor
    is_conversion = record.name not in WEBSITE_EVENTS
    total.timed += is_conversion and record.occurred_at is not None


def counted(days: Iterable[DailyRecord]) -> Recount:
    """Return the totals of the counters in these daily records."""
    total = Recount()
    for tally in (each.tally for each in days if each.tally):
        for hour in tally.hours.values():
            total.sent.update(hour.sent)
            total.cents.update(hour.value)
            total.timed += sum(hour.delays.values())
            for name, reasons in hour.skipped.items():
                total.skipped.update({(name, why): number for why, number in reasons.items()})
        for name, channels in tally.coverage.items():
            for channel, coverage in channels.items():
                total.keys[name, channel, ""] += coverage.events
                total.keys.update({(name, channel, key): n for key, n in coverage.keys.items()})
    return total

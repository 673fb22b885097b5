"""What records are worth. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from service.domain.events.money import Money
from service.domain.records.record import EventRecord


def value_of_record(record: EventRecord) -> Money | None:
    """Return the event's value, or the amount of the order of which there is no event."""
    return record.custom.value if record.custom else record.worth


def total_value(records: Iterable[EventRecord]) -> Mapping[str, int]:
    """Return the sum of the values, in minor units by currency.

    A value whose currency is unknown is left out.
    """
    total = Counter[str]()
    for record in records:
        value = value_of_record(record)
        if value and value.currency:
            total[value.currency] += value.minor
    return total

"""How a later signal changes a record, whatever the order of the signals."""

from service.domain.copies import replace
from service.domain.records.record import EventRecord, Status


def reconciled(known: EventRecord, news: EventRecord) -> EventRecord | None:
    """Return the record after the news, `None` if nothing changes.

    A decided record stays as it is. An open one gives way to news that is more definite, unless
    the shop has changed the object since (`object_updated_at`).
    """
    if not known.is_open or _is_older(news, than=known):
        return None
    is_finding = bool(news.deliveries) or news.state is not Status.RECEIVED
    if is_finding:
        return _after_finding(known, news)
    if known.is_trusted:
        return None
    if news.is_trusted:
        return news
    # An unproven webhook: look the object up again. An answer under way is now out of date.
    return replace(known, lookup=news.lookup, updated_at=news.updated_at)


def _is_older(news: EventRecord, *, than: EventRecord) -> bool:
    if news.object_updated_at is None or than.object_updated_at is None:
        return False
    return news.object_updated_at < than.object_updated_at


def _after_finding(known: EventRecord, news: EventRecord) -> EventRecord | None:
    if not news.is_open:
        return news
    if known.is_trusted:
        return None
    says_more = known.state is Status.RECEIVED or (
        known.state is Status.WAITING and news.state is Status.SKIPPED
    )
    if says_more or _is_asked_at_another_time(known, news):
        return replace(news, lookup=news.lookup or known.lookup, received_at=known.received_at)
    if news.object_updated_at == known.object_updated_at:
        return None
    return replace(known, object_updated_at=news.object_updated_at or known.object_updated_at)


def _is_asked_at_another_time(known: EventRecord, news: EventRecord) -> bool:
    """Tell whether the object, for instance a cancellation ahead, now has another date."""
    is_same_wait = known.state is news.state is Status.WAITING and news.lookup is not None
    planned = known.lookup.not_before if known.lookup else None
    return is_same_wait and news.lookup is not None and news.lookup.not_before != planned

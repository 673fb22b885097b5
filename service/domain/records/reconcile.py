"""How a later signal changes a record, whatever the order of the signals."""

from dataclasses import replace

from service.domain.records.record import EventRecord, Status


def reconciled(known: EventRecord, news: EventRecord) -> EventRecord | None:
    """Return the record after the news, `None` if nothing changes.

    Any order of the same signals ends in the same event: a decided record stays as it is, and an
    open one gives way to news that is more definite.
    """
    if not known.is_open:
        return None
    if news.lookup is None:
        return _after_finding(known, news)
    if known.is_trusted:
        return None
    if news.is_trusted:
        return news
    # An unproven webhook: look the object up again. An answer under way is now out of date.
    return replace(known, lookup=news.lookup, updated_at=news.updated_at)


def _after_finding(known: EventRecord, news: EventRecord) -> EventRecord | None:
    if not news.is_open:
        return news
    if known.is_trusted:
        return None
    says_more = known.state is Status.RECEIVED or (
        known.state is Status.WAITING and news.state is Status.SKIPPED
    )
    return replace(news, lookup=known.lookup) if says_more else None

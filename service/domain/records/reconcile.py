"""What a later signal changes about a record, in whatever order signals come."""

from dataclasses import replace

from service.domain.records.record import EventRecord, Status


def reconciled(known: EventRecord, news: EventRecord) -> EventRecord | None:
    """Return the record after the news, `None` if they change nothing.

    Made so that any order of the same signals ends in the same event: what is decided stays, and
    what is open gives way to whatever says more.
    """
    if not known.is_open:
        return None
    if news.lookup is None:
        return _after_finding(known, news)
    if known.is_vouched_for:
        return None
    if news.is_vouched_for:
        return news
    # Somebody's word alone: ask the shop once more. An answer under way is thereby out of date.
    return replace(known, lookup=news.lookup, updated_at=news.updated_at)


def _after_finding(known: EventRecord, news: EventRecord) -> EventRecord | None:
    if not news.is_open:
        return news
    if known.is_vouched_for:
        return None
    says_more = known.state is Status.RECEIVED or (
        known.state is Status.WAITING and news.state is Status.SKIPPED
    )
    return replace(news, lookup=known.lookup) if says_more else None

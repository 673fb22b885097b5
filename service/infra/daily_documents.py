"""A winery's daily records as stored: one JSON document each."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date

from service.domain.figures.daily_record import DailyRecord
from service.infra.json_documents import (
    DocumentReader,
    UnreadableDocumentError,
    encode,
    encode_over,
)
from service.ports import StoreUnavailableError

_DAY = DocumentReader(DailyRecord)


def changed_day(
    stored: bytes | str | None, day: date, change: Callable[[DailyRecord], DailyRecord]
) -> tuple[DailyRecord, bytes | None]:
    """Return the day after the change, and its document; `None` if nothing is to be written.

    Raises:
        StoreUnavailableError: a newer release wrote it, and this one cannot read it.
    """
    known = DailyRecord(day=day) if stored is None else _known_day(stored)
    after = change(known)
    if after == known:
        return after, None
    return after, encode(after) if stored is None else encode_over(after, stored, known=known)


def _known_day(stored: bytes | str) -> DailyRecord:
    try:
        return _DAY.read_known(stored)
    except UnreadableDocumentError as error:
        raise StoreUnavailableError("this day cannot be read") from error


def readable_days(stored: Iterable[bytes | str]) -> Sequence[DailyRecord]:
    """Return the records in these documents, without those that this release cannot read."""
    found: list[DailyRecord] = []
    for document in stored:
        with suppress(UnreadableDocumentError):  # a newer release's, left by a rollback
            found.append(_DAY.read_known(document))
    return found

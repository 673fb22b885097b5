"""What is said of an order that was missing in the log, after Commerce7 was asked. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import resend_eligibility
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Refusal
from service.usecases.intake.ask_for_order import FoundOrder, OrderAnswer
from service.web.eventlog.advice import advice_for
from service.web.eventlog.query import EVENT_PATH
from service.web.eventlog.rows import Reader
from service.web.eventlog.why import why
from service.web.request.times import local_time

_ON_ITS_WAY = "Commerce7 has it, and it is on its way to Meta."
_SENT = "Meta has received it."


class OrderWords(Struct, frozen=True, kw_only=True):
    """What happened, and what to do; `path` is the address of the event's own page, or empty."""

    title: str
    sentences: tuple[str, ...]
    path: str = ""


_REFUSED: Mapping[Refusal, tuple[str, ...]] = MappingProxyType(
    {
        Refusal.NOT_ALLOWED: (
            "Commerce7 does not allow 1Pixel to read your orders at the moment.",
            "Ask an Admin Owner to check in Commerce7 that 1Pixel is still installed.",
        ),
        Refusal.TOO_OFTEN: ("Commerce7 is limiting requests.", "Try again in a minute."),
        Refusal.OUR_FAULT: (
            "Commerce7 did not accept 1Pixel's request. Our team has been told.",
            "Check the order in Commerce7 instead.",
        ),
    }
)
_SILENT = ("Commerce7 did not respond.", "Try again in a minute.")
TOO_OFTEN = OrderWords(
    title="Too many requests",
    sentences=("Commerce7 was not asked.", "Try again in a minute."),
)
NO_NUMBER = OrderWords(
    title="This is not an order number",
    sentences=("An order number has up to 12 digits.", "Search for the number and try again."),
)


def refused_words(number: str, refusal: Refusal) -> OrderWords:
    """Return what is said if Commerce7 did not answer."""
    return OrderWords(
        title=f"Order {number} could not be checked", sentences=_REFUSED.get(refusal, _SILENT)
    )


def answer_words(number: str, found: FoundOrder, reader: Reader) -> OrderWords:
    """Return what Commerce7's answer means for this order."""
    match found.answer:
        case OrderAnswer.UNKNOWN:
            return OrderWords(
                title=f"Commerce7 has no order {number}",
                sentences=("Check the number in Commerce7, and search again.",),
            )
        case OrderAnswer.EARLIER:
            return _earlier(number, found.at, reader.tenant)
        case OrderAnswer.CLEARED:
            days = reader.tenant.settings.retention_days
            deleted = f"Its row was cleared, or it was older than {days} days."
            return OrderWords(
                title=f"Order {number} was handled earlier",
                sentences=(deleted, "1Pixel never sends an order twice."),
            )
        case OrderAnswer.IN_LOG:
            return _in_log(number, found.record, reader)


def _earlier(number: str, at: datetime | None, tenant: Tenant) -> OrderWords:
    zone, since = tenant.settings.timezone, tenant.counting.since
    placed = f"It was placed on {local_time(at, zone).text}." if at else ""
    began = f"1Pixel was installed on {local_time(since, zone).text}." if since else ""
    rule = "Earlier orders are not sent, because another integration may have reported them."
    return OrderWords(
        title=f"Order {number} is from before 1Pixel was installed",
        sentences=(f"{placed} {began}".strip(), rule),
    )


def _in_log(number: str, record: EventRecord | None, reader: Reader) -> OrderWords:
    title = f"Order {number} is in your log now"
    if record is None:
        return OrderWords(title=title, sentences=())
    role = next((each for each in Role if each in record.deliveries), None)
    delivery = record.deliveries[role] if role else record
    because = why(delivery.reason, delivery.details)
    if record.status is Status.SENT or not because:
        sentences: tuple[str, ...] = (_SENT if record.status is Status.SENT else _ON_ITS_WAY,)
    else:
        eligibility = resend_eligibility(record, reader.tenant, now=reader.now)
        sentences = (because, advice_for(record, role, eligibility).text)
    return OrderWords(title=title, sentences=sentences, path=f"{EVENT_PATH}?key={record.key}")

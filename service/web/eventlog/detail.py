"""Everything that is known of one event, as an opened row prints it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Try, Wait
from service.domain.events.event import Content, CustomData, DeliveryCategory
from service.domain.events.join import Joined
from service.domain.events.key_words import shown_key
from service.domain.events.match_keys import MEMBERSHIP_KEYS, WORDS
from service.domain.events.money import major
from service.domain.records.record import EventRecord, Family
from service.domain.records.resend import ResendMethod, resend_eligibility, roles_to_send
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Role
from service.web.eventlog.advice import advice_for
from service.web.eventlog.reasons import Advice, section_for
from service.web.eventlog.rows import Reader, RowTime, amount, moment
from service.web.eventlog.view_words import status_words
from service.web.eventlog.why import why

_WHY_MISSING = {
    WORDS["hashed_emails"]: "no usable e-mail address in Commerce7",
    WORDS["hashed_phones"]: "no usable phone number in Commerce7",
    WORDS["ip"]: "website orders and visits only",
    WORDS["user_agent"]: "website orders and visits only",
    WORDS["fbc"]: "added by the website snippet after a click on one of your ads",
    WORDS["fbp"]: "added by the website snippet",
}
_BEGAN = {
    Family.CONVERSION: "Received from Commerce7",
    Family.WEBSITE: "Received from your website",
    Family.TEST: "Started in Configuration",
}
_HANDED_OVER = {
    DeliveryCategory.IN_STORE: "picked up in store",
    DeliveryCategory.HOME_DELIVERY: "home delivery",
}
_LAST = datetime.max.replace(tzinfo=UTC)
_NOT_ON_FILE = "not in the customer's Commerce7 profile"


class TimelineStep(Struct, frozen=True, kw_only=True):
    """One line of the timeline."""

    what: str
    at: RowTime | None = None
    note: str = ""
    kind: str = "info"


class PixelOutcome(Struct, frozen=True, kw_only=True):
    """One pixel's delivery: its status, why it is so, and what to do about it."""

    pixel: str
    status: str
    reason: str
    why: str
    section: str
    can_resend: bool
    advice: Advice
    trace_id: str


class Product(Struct, frozen=True, kw_only=True):
    """One line of what was bought."""

    id: str
    quantity: int
    price: str
    handed_over: str


class LogDetail(Struct, frozen=True, kw_only=True):
    """An opened row; `is_made` tells whether there is an event for Meta yet."""

    is_made: bool
    steps: Sequence[TimelineStep]
    outcomes: Sequence[PixelOutcome]
    facts: Sequence[tuple[str, str]]
    products: Sequence[Product]
    present_keys: Sequence[str]
    missing_keys: Sequence[tuple[str, str]]


def log_detail(record: EventRecord, reader: Reader) -> LogDetail:
    """Return what the opened row shows of this event."""
    custom = record.custom
    currency = custom.value.currency if custom and custom.value else None
    return LogDetail(
        is_made=bool(record.deliveries),
        steps=_in_order(_steps(record, reader)),
        outcomes=[*_outcomes(record, reader)],
        facts=[*_facts(record, reader)],
        products=[_product(each, currency or "") for each in (custom.contents if custom else ())],
        present_keys=[*map(shown_key, record.match_keys)],
        missing_keys=[
            (shown_key(word), _WHY_MISSING.get(word, _NOT_ON_FILE))
            for word in WORDS.values()
            if record.match_keys and word not in {*record.match_keys, *_not_of(record)}
        ],
    )


def _not_of(record: EventRecord) -> frozenset[str]:
    """Return the match keys that such an event never has."""
    return frozenset() if record.object_kind == ObjectKind.MEMBERSHIP else MEMBERSHIP_KEYS


def _product(content: Content, currency: str) -> Product:
    category, price = content.delivery_category, content.unit_price
    return Product(
        id=content.id,
        quantity=content.quantity,
        price="" if price is None else f"{major(price):,.2f} {currency}".strip(),
        handed_over=_HANDED_OVER[category] if category else "",
    )


def _facts(record: EventRecord, reader: Reader) -> Iterator[tuple[str, str]]:
    if record.occurred_at:
        yield "Happened", moment(record.occurred_at, reader).exact
    if record.custom:
        yield from _order_facts(record.custom)
    elif record.worth:
        yield "Order total", amount(record.worth)
    yield from _id_facts(record)
    if record.data_use_rule:
        yield "Limited Data Use", record.data_use_rule
    if record.joined:
        yield "Matched with", _matched(record.joined)
    for role, delivery in record.deliveries.items():
        if delivery.pixel_id:
            yield f"{role.title()} pixel", delivery.pixel_id


def _id_facts(record: EventRecord) -> Iterator[tuple[str, str]]:
    if record.object_id:
        yield f"{record.object_kind.title()} ID", record.object_id
    if record.event_id:
        yield "Event ID", record.event_id


def _matched(joined: Joined) -> str:
    """Return what the event was joined to, by what, and what that brought."""
    what = "a remembered ad click" if joined.is_click else "a visit to your website"
    brought = f"; added {', '.join(map(shown_key, joined.brought))}" if joined.brought else ""
    return f"{what}, by {shown_key(joined.by)}{brought}"


def _order_facts(custom: CustomData) -> Iterator[tuple[str, str]]:
    if custom.value:
        yield "Value", amount(custom.value)
    if custom.order_id:
        yield "Order number", custom.order_id
    if custom.num_items:
        yield "Items", str(custom.num_items)


def _outcomes(record: EventRecord, reader: Reader) -> Iterator[PixelOutcome]:
    # One button resends all failed deliveries of a row.
    eligibility = resend_eligibility(record, reader.tenant, now=reader.now)
    again = roles_to_send(record, reader.tenant) if isinstance(eligibility, ResendMethod) else []
    if not record.deliveries:
        advice = advice_for(record, None, eligibility)
        yield PixelOutcome(
            pixel="",
            status=record.status,
            reason=record.sentence,
            why=why(record.reason, record.details),
            section=section_for(record.reason, record.details),
            can_resend=isinstance(eligibility, ResendMethod),
            advice=advice,
            trace_id="",
        )
    for role in Role:
        if delivery := record.deliveries.get(role):
            yield PixelOutcome(
                pixel=role.title(),
                status=delivery.status,
                reason=delivery.sentence,
                why=why(delivery.reason, delivery.details),
                section=section_for(delivery.reason, delivery.details),
                can_resend=role in again[:1],
                advice=advice_for(record, role, eligibility),
                trace_id=delivery.trace_id or "",
            )


def _in_order(steps: Iterator[TimelineStep]) -> list[TimelineStep]:
    """Return the steps by time; those without a time come last."""
    return sorted(steps, key=lambda each: each.at.at if each.at else _LAST)


def _steps(record: EventRecord, reader: Reader) -> Iterator[TimelineStep]:
    yield TimelineStep(what=_BEGAN[record.family], at=moment(record.received_at, reader))
    if record.lookup:
        yield TimelineStep(what="Getting details from Commerce7", note=record.sentence)
    if record.resolved_at:
        yield TimelineStep(
            what="Details received from Commerce7", at=moment(record.resolved_at, reader)
        )
    if not record.deliveries and not record.lookup:
        at = moment(record.updated_at, reader)
        what = status_words(record.status).capitalize()
        yield TimelineStep(what=what, at=at, note=record.sentence, kind="calm")
    is_alone = len(record.deliveries) == 1
    for role in Role:
        if delivery := record.deliveries.get(role):
            yield from _delivery_steps(delivery, "" if is_alone else f"{role.title()}: ", reader)


def _delivery_steps(delivery: Delivery, pixel: str, reader: Reader) -> Iterator[TimelineStep]:
    if delivery.queued_at:
        yield TimelineStep(what=f"{pixel}Queued", at=moment(delivery.queued_at, reader))
    for made in delivery.tries:
        yield TimelineStep(
            what=f"{pixel}{_word_for(made)}",
            at=moment(made.at, reader),
            note=_note_on(made),
            kind="good" if made.answer == "accepted" else "bad",
        )
    if delivery.resumed_at:
        at = moment(delivery.resumed_at, reader)
        yield TimelineStep(what=f"{pixel}Resumed", at=at)
    if delivery.dropped:
        dropped = ", ".join(map(shown_key, delivery.dropped))
        yield TimelineStep(what=f"{pixel}Sent without {dropped}", kind="warn")
    if delivery.status is DeliveryStatus.SKIPPED and delivery.finished_at:
        at = moment(delivery.finished_at, reader)
        yield TimelineStep(what=f"{pixel}Skipped", at=at, note=delivery.sentence, kind="calm")
    elif not delivery.is_final and (planned := _planned(delivery, reader)):
        yield TimelineStep(what=f"{pixel}{planned}", kind="info")


def _word_for(made: Try) -> str:
    match made.answer:
        case None:
            return "Attempt interrupted"
        case "accepted":
            return "Meta received it"
        case _:
            return "Attempt failed"


def _note_on(made: Try) -> str:
    took = _length(made.took) if made.took is not None else ""
    explanation = made.sentence if made.answer else ""
    trace = f"trace {made.trace_id}" if made.trace_id else ""
    return " · ".join(each for each in (explanation, took, trace) if each)


def _length(took: timedelta) -> str:
    seconds = took.total_seconds()
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _planned(delivery: Delivery, reader: Reader) -> str:
    """Return what happens next, with its time if one is planned."""
    at = delivery.not_before
    if delivery.waits_for in {Wait.TOKEN, Wait.CURRENCY, Wait.ADDRESS, Wait.INSTALLATION}:
        return "On hold until this is fixed"
    if delivery.status is DeliveryStatus.SENDING:
        return "Being sent"
    if at and at > reader.now:
        return f"Next attempt {moment(at, reader).exact}"
    return "Next attempt shortly"

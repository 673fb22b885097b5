"""Which of a shop's browser signals belongs to an event, and what it adds to it. Pure.

The strongest key that any signal shares with the event decides; all that is added comes from one
signal, so that two people are never mixed (docs/adr/0036-an-order-is-joined-to-its-visit.md).
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from msgspec import Struct, structs
from msgspec.structs import astuple

from service.domain.copies import replace
from service.domain.events.browser_signal import (
    SIGNAL_FOR,
    BrowserSignal,
    JoinKey,
    Mark,
    device_of,
)
from service.domain.events.event import ActionSource, DataUse, Event, EventName

CALIFORNIA = DataUse(limited=True, country=1, state=1000, rule="Global Privacy Control")
"""Meta locates a person by the IP address alone (Meta: Data Processing Options), so an event
without one is treated as California's, the strictest."""

BY_IP = DataUse(limited=True, rule="Global Privacy Control, located by Meta")

_CLOCKS_DIFFER_BY = timedelta(minutes=2)
PRIVACY_RULES = frozenset({CALIFORNIA.rule, BY_IP.rule})
"""The rules of events whose shopper sent Global Privacy Control; they are stored with records."""

_BECOME_WEBSITE = frozenset({EventName.SUBSCRIBE, EventName.COMPLETE_REGISTRATION})
_IN_WORDS = {"fbc": "click id", "fbp": "browser id", "ip": "IP address", "user_agent": "browser"}


class Joined(Struct, frozen=True, kw_only=True):
    """By which key an event was joined to a visit, and the match keys that this brought."""

    by: JoinKey
    brought: tuple[str, ...] = ()
    is_click: bool = False


class Subject(Struct, frozen=True, kw_only=True):
    """What an event can be found by: its own identity, and its order's id and number."""

    __repr__ = object.__repr__

    event: Event
    cart_id: str | None = None
    order_number: str | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return its marks, the strongest first."""
        return tuple((key, value) for key, value in self._marks() if value)

    def _marks(self) -> Iterator[tuple[JoinKey, str | None]]:
        identity = self.event.identity
        yield JoinKey.CART, self.cart_id
        # A theme may tell the order's id in place of its number.
        yield JoinKey.ORDER_NUMBER, self.order_number and self.order_number.lower()
        yield JoinKey.ORDER_NUMBER, self.cart_id
        yield JoinKey.BROWSER, identity.fbp
        for hashed_id in identity.hashed_external_ids:
            yield JoinKey.CUSTOMER, hashed_id
        for hashed_email in identity.hashed_emails:
            yield JoinKey.EMAIL, hashed_email
        if self.cart_id:
            yield JoinKey.DEVICE, device_of(identity.ip, identity.user_agent)


def is_refused(subject: Subject, signals: Collection[BrowserSignal], *, now: datetime) -> bool:
    """Tell whether the cart's shopper refused, and has not agreed since."""
    found = _of_key(subject, JoinKey.CART, _fresh(signals, now=now))
    newest = max(found, key=_age, default=None)
    return newest is not None and newest.is_refused


def has_privacy_signal(
    subject: Subject, signals: Collection[BrowserSignal], *, now: datetime
) -> bool:
    """Tell whether the cart's shopper has sent Global Privacy Control."""
    found = _of_key(subject, JoinKey.CART, _fresh(signals, now=now))
    return any(each.has_privacy_signal for each in found)


def limited(event: Event) -> Event:
    """Return the event of a shopper with Global Privacy Control: with Limited Data Use."""
    if event.data_use.limited:
        return event
    return structs.replace(event, data_use=BY_IP if event.identity.ip else CALIFORNIA)


def join(
    subject: Subject, signals: Collection[BrowserSignal], *, now: datetime
) -> tuple[Event, Joined] | None:
    """Return the event with what its visit adds, and how it was found; `None` without a visit.

    `signals` may hold any signals of the shop; their order does not matter. With any that has the
    event's device come all that have it.
    """
    usable = [each for each in _fresh(signals, now=now) if _tells_of_a_person(each)]
    for key in JoinKey:
        found = _of_key(subject, key, usable)
        if key is JoinKey.ORDER_NUMBER:
            found = _of_receipt(subject, found)
        elif key is JoinKey.DEVICE:
            found = _sole_visitor(subject, found, now=now)
        elif key in {JoinKey.CUSTOMER, JoinKey.EMAIL}:
            found = [each for each in found if not _contradicts(subject, each)]
        if found:
            return _with_visit(subject.event, key, max(found, key=_age))
    return None


def with_click(subject: Subject, clicks: Collection[BrowserSignal]) -> tuple[Event, Joined] | None:
    """Return the event with a known customer's last click; `None` if there is none."""
    for key in (JoinKey.CUSTOMER, JoinKey.EMAIL):
        found = [each for each in _of_key(subject, key, clicks) if each.is_click]
        found = [each for each in found if not _contradicts(subject, each)]
        if found:
            event, joined = _with_click(subject.event, key, max(found, key=_age))
            return event, replace(joined, is_click=True)
    return None


def click_of(event: Event, *, now: datetime) -> BrowserSignal | None:
    """Return the event's click, to be kept for its customer; `None` without a click or customer."""
    identity = event.identity
    customer_id = next(iter(identity.hashed_external_ids), None)
    email = next(iter(identity.hashed_emails), None)
    if not identity.fbc or not (customer_id or email):
        return None
    return BrowserSignal(
        seen_at=now,
        fbc=identity.fbc,
        fbp=identity.fbp,
        hashed_email=email,
        hashed_customer_id=customer_id,
        is_click=True,
    )


def _fresh(signals: Collection[BrowserSignal], *, now: datetime) -> list[BrowserSignal]:
    return [each for each in signals if not each.is_click and now < each.seen_at + SIGNAL_FOR]


def _tells_of_a_person(signal: BrowserSignal) -> bool:
    return not (signal.is_refused or signal.has_privacy_signal)


def _of_key(
    subject: Subject, key: JoinKey, signals: Collection[BrowserSignal]
) -> list[BrowserSignal]:
    values = {mark for mark in subject.marks if mark[0] is key}
    return [each for each in signals if values & set(each.marks)]


def _age(signal: BrowserSignal) -> tuple[datetime, str]:
    """Return what orders signals by their age, and those of one moment in any fixed way."""
    return (signal.seen_at, str(astuple(signal)))


def _contradicts(subject: Subject, signal: BrowserSignal) -> bool:
    """Tell whether the signal is another customer's."""
    identity = subject.event.identity
    ids, emails = identity.hashed_external_ids, identity.hashed_emails
    other_id = signal.hashed_customer_id and ids and signal.hashed_customer_id not in ids
    other_email = signal.hashed_email and emails and signal.hashed_email not in emails
    is_same_id = signal.hashed_customer_id is not None and signal.hashed_customer_id in ids
    return bool(other_id or (other_email and not is_same_id))


def _of_receipt(subject: Subject, found: list[BrowserSignal]) -> list[BrowserSignal]:
    """Return the signals of the one visitor who saw the order's receipt.

    Numbers can be guessed: one that was told before there was an order, or by several visitors, is
    not believed.
    """
    earliest = subject.event.occurred_at - _CLOCKS_DIFFER_BY
    seen = [each for each in found if each.seen_at >= earliest]
    return seen if len({each.visitor for each in seen}) == 1 else []


def _sole_visitor(
    subject: Subject, found: list[BrowserSignal], *, now: datetime
) -> list[BrowserSignal]:
    """Return the device's signals if they are one visitor's, whose checkout has just begun."""
    visitors = {each.visitor for each in found}
    if len(visitors) != 1 or None in visitors:
        return []
    has_begun = any(each.checkout_at and now < each.checkout_at + SIGNAL_FOR for each in found)
    is_other = any(
        _contradicts(subject, each) or (each.cart_id and each.cart_id != subject.cart_id)
        for each in found
    )
    return found if has_begun and not is_other else []


def _with_visit(event: Event, key: JoinKey, signal: BrowserSignal) -> tuple[Event, Joined]:
    """Return the event with the signal's click, browser and page, where it has none of its own."""
    identity = event.identity
    with_ids, joined = _with_click(event, key, signal)
    if not (identity.ip or identity.user_agent):
        # The two belong together: never one of the order and one of the visit.
        seen = structs.replace(with_ids.identity, ip=signal.ip, user_agent=signal.user_agent)
        with_ids = structs.replace(with_ids, identity=seen)
    if event.name in _BECOME_WEBSITE and signal.page_url and with_ids.identity.user_agent:
        with_ids = structs.replace(
            with_ids, action_source=ActionSource.WEBSITE, source_url=signal.page_url
        )
    return with_ids, replace(joined, brought=_brought(event, with_ids))


def _with_click(event: Event, key: JoinKey, signal: BrowserSignal) -> tuple[Event, Joined]:
    """Return the event with the signal's click and browser ids, both of one browser."""
    known = structs.replace(event.identity, fbc=signal.fbc, fbp=signal.fbp or event.identity.fbp)
    after = structs.replace(event, identity=known)
    return after, Joined(by=key, brought=_brought(event, after))


def _brought(before: Event, after: Event) -> tuple[str, ...]:
    return tuple(
        word
        for field, word in _IN_WORDS.items()
        if getattr(after.identity, field) and not getattr(before.identity, field)
    )

"""Seal and unseal what is stored: waiting events, browser signals, tokens, ids of customers."""

from collections.abc import Collection
from datetime import UTC, datetime

import msgspec

from service.domain.copies import replace
from service.domain.events.browser_signal import BrowserSignal, Mark
from service.domain.events.event import Event
from service.domain.events.match_keys import match_keys
from service.domain.records.record import EventRecord
from service.ports import SealedSignal, UnsealError, Vault

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
MOST_MARKS = 30
"""The most marks of one question (Firestore: Queries, `array-contains-any`)."""

_EVENT = msgspec.json.Decoder(Event)
_SIGNAL = msgspec.json.Decoder(BrowserSignal)


def seal_event(event: Event, *, tenant_id: str, vault: Vault) -> str:
    """Return the event as a sealed text, which can be unsealed for this tenant only."""
    return vault.seal(tenant_id, msgspec.json.encode(event))


def with_sealed_event(record: EventRecord, event: Event, *, vault: Vault) -> EventRecord:
    """Return the record with the sealed event, and with the parts that the log may show."""
    return replace(
        record,
        occurred_at=event.occurred_at,
        action_source=event.action_source,
        custom=event.custom,
        match_keys=match_keys(event.identity),
        data_use_rule=event.data_use.rule,
        payload=seal_event(event, tenant_id=record.tenant_id, vault=vault),
        joined=None,
    )


def unseal_event(sealed: str, *, tenant_id: str, vault: Vault) -> Event:
    """Return the event in the sealed text, which an older release may have written.

    Raises:
        UnsealError: the text cannot be unsealed for this tenant, or holds no event.
    """
    try:
        return _EVENT.decode(vault.unseal(tenant_id, sealed))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnsealError("this text holds no event") from error


def unseal_text(sealed: str, *, tenant_id: str, vault: Vault) -> str:
    """Return the plain text that was sealed: a token, or an object's id.

    Raises:
        UnsealError: it cannot be unsealed for this tenant, or is no UTF-8 text.
    """
    try:
        return vault.unseal(tenant_id, sealed).decode()
    except UnicodeDecodeError as error:
        raise UnsealError("this is no text") from error


def seal_signal(
    signal: BrowserSignal, *, tenant_id: str, expires_at: datetime, vault: Vault
) -> SealedSignal:
    """Return the signal as it is stored. Signals that differ by time or page alone have one key."""
    checkout = NO_TIME if signal.checkout_at else None
    same = replace(signal, seen_at=NO_TIME, checkout_at=checkout, page_url=None)
    return SealedSignal(
        key=vault.mark(tenant_id, msgspec.json.encode(same).decode())[0],
        marks=tuple(vault.mark(tenant_id, _text(mark))[0] for mark in signal.marks),
        sealed=vault.seal(tenant_id, msgspec.json.encode(signal)),
        expires_at=expires_at,
    )


def unseal_signal(sealed: SealedSignal, *, tenant_id: str, vault: Vault) -> BrowserSignal | None:
    """Return the signal, `None` if it cannot be unsealed for this tenant or is none."""
    try:
        return _SIGNAL.decode(vault.unseal(tenant_id, sealed.sealed))
    except (UnsealError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def stored_marks(marks: Collection[Mark], *, tenant_id: str, vault: Vault) -> list[str]:
    """Return the marks as they may be stored, under any key; the most that can be looked for."""
    each_of = [stored for mark in marks for stored in vault.mark(tenant_id, _text(mark))]
    return each_of[:MOST_MARKS]


def _text(mark: Mark) -> str:
    key, value = mark
    return f"{key}:{value}"

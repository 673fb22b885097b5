"""What a merchant can do about an event, in plain words; where that is nothing, it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.domain.delivery import Delivery, DeliveryStatus, Wait
from service.domain.record import EventRecord, Status
from service.domain.resend import Lost, Way, is_not_set_up
from service.domain.tenant import Role

_MISSING_PERSON = (100, 2804050)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """A sentence, and where to go for it: a tab's address with a field, or nothing."""

    advice: str
    path: str = ""
    action: str = ""


_BY_WAIT = {
    Wait.PACE: Cure(
        advice="Nothing to do: Meta asks for a rest, and the event is sent when it is over."
    ),
    Wait.VENDOR: Cure(
        advice="Nothing to do: it is tried again about every hour until 7 days after the event."
    ),
    Wait.CURRENCY: Cure(
        advice="Choose the currency of your shop. Everything that waits for it is then sent.",
        path="/configuration#currency",
        action="Choose the currency",
    ),
    Wait.INSTALLATION: Cure(
        advice="Nothing to do: we ask Commerce7 whether 1Pixel is still installed, and go on then."
    ),
}

_NOT_SENT = Cure(advice="Nothing to do: it is not sent.")
_NOTHING = Cure(advice="Nothing to do: it goes on by itself.")
_NOBODY = (
    "Meta could not match it to anybody. With an e-mail address or a phone number in the "
    "customer's Commerce7 record the next event of this customer will pass."
)
_REFUSED = "Meta refuses this event for what is in it."
_TOO_EARLY = "There was no pixel yet when it happened."
_NOT_ASKED = "Commerce7 could not tell of it once more."
_AGAIN = "Send it again after the cause is mended, or write to us with the trace id."
_NOT_AGAIN: Mapping[Lost, str] = MappingProxyType(
    {
        Lost.TOO_OLD: "Nothing more can be done: Meta takes no event older than 7 days.",
        Lost.SIGN_UP: "It cannot be sent again: nothing is kept of whom to ask Commerce7 for.",
        Lost.VISIT: "It cannot be sent again: the signals of a visit are deleted after 30 minutes.",
        Lost.TEST: "Mend the cause, and simulate the event anew.",
        Lost.TAKEN: "It cannot be sent again: the pixel that is now in this place has it already.",
        Lost.GONE: "Nothing more can be done: Commerce7 no longer has it.",
        Lost.SWITCHED_OFF: "To send it again, switch this event and its channel on first.",
        Lost.PIXEL_REMOVED: "To send it again, enter its pixel first.",
    }
)


def cure_for(record: EventRecord, role: Role | None, chance: Way | Lost | None = None) -> Cure:
    """Return what to do about the role's delivery, or about the event while it has none.

    `chance` is that of sending it again.
    """
    if role is None:
        return _cure_for_event(record, chance)
    delivery = record.deliveries[role]
    if delivery.waits_for is Wait.TOKEN:
        return _needs_token(role)
    if delivery.waits_for:
        return _BY_WAIT[delivery.waits_for]
    if delivery.status is DeliveryStatus.ERROR:
        return _cure_for_error(delivery, chance)
    if delivery.status is DeliveryStatus.SENT:
        return Cure(advice="Nothing to do: Meta has it.")
    return _for_skipped(delivery.reason) if delivery.is_final else _NOTHING


def _cure_for_error(delivery: Delivery, chance: Way | Lost | None) -> Cure:
    reason = delivery.reason or ""
    if chance is Lost.TOO_OLD or chance is Lost.GONE:
        return Cure(advice=_NOT_AGAIN[chance])
    if reason.startswith("could not be sent again"):
        what = _NOT_ASKED
    else:
        what = _NOBODY if (delivery.code, delivery.subcode) == _MISSING_PERSON else _REFUSED
    next_step = _NOT_AGAIN[chance] if isinstance(chance, Lost) else _AGAIN
    return Cure(advice=f"{what} {next_step}")


_SKIPPED = {
    "switched off": Cure(
        advice="This event, or its channel, is switched off.",
        path="/configuration#events",
        action="Look at the switches",
    ),
    "pixel removed": Cure(advice="Its pixel was removed before it could be sent."),
    **dict.fromkeys(
        ("no match keys", "no e-mail address"),
        Cure(
            advice="It is not sent: Meta could not match it to anybody. A customer with an e-mail "
            "address or a phone number makes the next one count."
        ),
    ),
}


def _needs_token(role: Role) -> Cure:
    return Cure(
        advice="Enter a new access token. Everything that waits is then sent by itself.",
        path=f"/configuration#{role}_token",
        action="Enter a new token",
    )


def _cure_for_event(record: EventRecord, chance: Way | Lost | None) -> Cure:
    if record.status is Status.WAITING:
        return Cure(advice="Nothing to do: it is sent as soon as it counts.")
    if record.status is Status.RECEIVED:
        return Cure(advice="Nothing to do: we are asking Commerce7 for it.")
    if is_not_set_up(record):
        return _cure_for_too_early(chance)
    return _for_skipped(record.reason)


def _for_skipped(reason: str | None) -> Cure:
    return _SKIPPED.get(reason or "", _NOT_SENT)


def _cure_for_too_early(chance: Way | Lost | None) -> Cure:
    """Return what to do about an event that happened before there was a pixel."""
    if chance is Lost.PIXEL_REMOVED:
        return Cure(
            advice=f"{_TOO_EARLY} Once there is one, this event can be sent again, for 7 days.",
            path="/configuration#primary_pixel_id",
            action="Set up the pixel",
        )
    if isinstance(chance, Lost):
        return Cure(advice=f"{_TOO_EARLY} {_NOT_AGAIN[chance]}")
    return Cure(advice=f"{_TOO_EARLY} There is one now, so it can be sent again.")

"""Advice: what a merchant can do about an event, even where that is nothing."""

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod, is_not_set_up
from service.domain.tenants.tenant import Role
from service.web.eventlog.reasons import Cure, row_of

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

_NOTHING = Cure(advice="Nothing to do: it goes on by itself.")
_TOO_EARLY = "There was no pixel yet when it happened."
_AGAIN = "Send it again after the cause is mended, or write to us with the trace id."


def cure_for(
    record: EventRecord, role: Role | None, chance: ResendMethod | Reason | None = None
) -> Cure:
    """Return what to do about the role's delivery; without a role, about the event itself.

    `chance` says how the event can be resent, or why it cannot.
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
    return row_of(delivery.reason).skipped if delivery.is_final else _NOTHING


def _cure_for_error(delivery: Delivery, chance: ResendMethod | Reason | None) -> Cure:
    if chance is Reason.TOO_OLD or chance is Reason.KNOWN_TO_BE_GONE:
        return Cure(advice=row_of(chance).not_again)
    next_step = row_of(chance).not_again if isinstance(chance, Reason) else _AGAIN
    return Cure(advice=f"{row_of(delivery.reason).failed} {next_step}")


def _needs_token(role: Role) -> Cure:
    return Cure(
        advice="Enter a new access token. Everything that waits is then sent by itself.",
        path=f"/configuration#{role}_token",
        action="Enter a new token",
    )


def _cure_for_event(record: EventRecord, chance: ResendMethod | Reason | None) -> Cure:
    if record.status is Status.WAITING:
        return Cure(advice="Nothing to do: it is sent as soon as it counts.")
    if record.status is Status.RECEIVED:
        return Cure(advice="Nothing to do: we are asking Commerce7 for it.")
    if is_not_set_up(record):
        return _cure_for_too_early(chance)
    return row_of(record.reason).skipped


def _cure_for_too_early(chance: ResendMethod | Reason | None) -> Cure:
    """Return what to do about an event that happened before there was a pixel."""
    if chance is Reason.PIXEL_REMOVED:
        return Cure(
            advice=f"{_TOO_EARLY} Once there is one, this event can be sent again, for 7 days.",
            path="/configuration#primary_pixel_id",
            action="Set up the pixel",
        )
    if isinstance(chance, Reason):
        return Cure(advice=f"{_TOO_EARLY} {row_of(chance).not_again}")
    return Cure(advice=f"{_TOO_EARLY} There is one now, so it can be sent again.")

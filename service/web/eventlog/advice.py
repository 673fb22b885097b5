"""Advice: what a merchant can do about an event, even where that is nothing."""

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod, is_not_set_up
from service.domain.tenants.tenant import Role
from service.web.eventlog.reasons import Advice, row_of

_BY_WAIT = {
    Wait.PACE: Advice(
        text="Nothing to do: Meta asks for a rest, and the event is sent when it is over."
    ),
    Wait.VENDOR: Advice(
        text="Nothing to do: it is tried again about every hour until 7 days after the event."
    ),
    Wait.CURRENCY: Advice(
        text="Choose the currency of your shop. Everything that waits for it is then sent.",
        path="/configuration#currency",
        action="Choose the currency",
    ),
    Wait.ADDRESS: Advice(
        text="Enter the address of your web shop. Everything that waits for it is then sent.",
        path="/configuration#shop_domains",
        action="Enter the address",
    ),
    Wait.INSTALLATION: Advice(
        text="Nothing to do: we ask Commerce7 whether 1Pixel is installed, and go on then."
    ),
}

_NOTHING = Advice(text="Nothing to do: it goes on by itself.")
_TOO_EARLY = "There was no pixel yet when it happened."
_AGAIN = "Send it again after the cause is mended, or write to us with the trace id."


def advice_for(
    record: EventRecord, role: Role | None, eligibility: ResendMethod | Reason | None = None
) -> Advice:
    """Return what to do about the role's delivery; without a role, about the event itself.

    `eligibility` says how the event can be resent, or why it cannot.
    """
    if role is None:
        return _advice_for_event(record, eligibility)
    delivery = record.deliveries[role]
    if delivery.waits_for is Wait.TOKEN:
        return _needs_token(role)
    if delivery.waits_for:
        return _BY_WAIT[delivery.waits_for]
    if delivery.status is DeliveryStatus.ERROR:
        return _advice_for_error(delivery, eligibility)
    if delivery.status is DeliveryStatus.SENT:
        return Advice(text="Nothing to do: Meta has it.")
    return row_of(delivery.reason).skipped if delivery.is_final else _NOTHING


def _advice_for_error(delivery: Delivery, eligibility: ResendMethod | Reason | None) -> Advice:
    if eligibility is Reason.TOO_OLD or eligibility is Reason.KNOWN_TO_BE_GONE:
        return Advice(text=row_of(eligibility).not_again)
    next_step = row_of(eligibility).not_again if isinstance(eligibility, Reason) else _AGAIN
    return Advice(text=f"{row_of(delivery.reason).failed} {next_step}")


def _needs_token(role: Role) -> Advice:
    return Advice(
        text="Enter a new access token. Everything that waits is then sent by itself.",
        path=f"/configuration#{role}_token",
        action="Enter a new token",
    )


def _advice_for_event(record: EventRecord, eligibility: ResendMethod | Reason | None) -> Advice:
    if record.status is Status.WAITING:
        return Advice(text="Nothing to do: it is sent as soon as it counts.")
    if record.status is Status.RECEIVED:
        return Advice(text="Nothing to do: we are asking Commerce7 for it.")
    if is_not_set_up(record):
        return _advice_for_too_early(eligibility)
    return row_of(record.reason).skipped


def _advice_for_too_early(eligibility: ResendMethod | Reason | None) -> Advice:
    """Return what to do about an event that happened before there was a pixel."""
    if eligibility is Reason.PIXEL_REMOVED:
        return Advice(
            text=f"{_TOO_EARLY} Once there is one, this event can be sent again, for 7 days.",
            path="/configuration#primary_pixel_id",
            action="Set up the pixel",
        )
    if isinstance(eligibility, Reason):
        return Advice(text=f"{_TOO_EARLY} {row_of(eligibility).not_again}")
    return Advice(text=f"{_TOO_EARLY} There is one now, so it can be sent again.")

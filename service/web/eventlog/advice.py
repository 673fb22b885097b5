"""Advice: what a merchant can do about an event, or that no action is needed."""

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.events.reason import Details, Reason, Switch
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod, is_not_set_up
from service.domain.tenants.tenant import Role
from service.web.eventlog.reasons import WHILE_PAUSED, Advice, row_of

_BY_WAIT = {
    Wait.PACE: Advice(
        text="It is sent automatically when Meta accepts requests again. No action needed."
    ),
    Wait.VENDOR: Advice(
        text="1Pixel tries again about every hour, until 7 days after the event. No action needed."
    ),
    Wait.CURRENCY: Advice(
        text="Choose the currency of your shop. Events on hold for it are then sent.",
        path="/configuration#currency",
        action="Choose the currency",
    ),
    Wait.ADDRESS: Advice(
        text="Enter the address of your web shop. Events on hold for it are then sent.",
        path="/configuration#shop_domains",
        action="Enter the address",
    ),
    Wait.INSTALLATION: Advice(
        text="1Pixel keeps asking Commerce7 and then sends it automatically. No action needed."
    ),
}

_NO_ACTION = Advice(text="No action needed.")
_AUTOMATIC = Advice(text="It is sent automatically. No action needed.")
_AGAIN = "Send it again once this is fixed, or contact support with the trace ID."


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
        return _needs_token(role, delivery.reason)
    if delivery.waits_for:
        return _BY_WAIT[delivery.waits_for]
    if delivery.status is DeliveryStatus.ERROR:
        return _advice_for_error(delivery, eligibility)
    if delivery.status is DeliveryStatus.SENT:
        return Advice(text="Meta received this event.")
    return _skipped(delivery.reason, delivery.details) if delivery.is_final else _AUTOMATIC


def _advice_for_error(delivery: Delivery, eligibility: ResendMethod | Reason | None) -> Advice:
    if eligibility is Reason.TOO_OLD or eligibility is Reason.KNOWN_TO_BE_GONE:
        return Advice(text=row_of(eligibility).not_again)
    next_step = row_of(eligibility).not_again if isinstance(eligibility, Reason) else _AGAIN
    return Advice(text=f"{row_of(delivery.reason).failed} {next_step}".strip())


def _needs_token(role: Role, reason: Reason | None) -> Advice:
    is_missing = reason is Reason.TOKEN_MISSING
    which = "an access token" if is_missing else "a new access token"
    return Advice(
        text=f"Enter {which}. Events on hold for it are then sent.",
        path=f"/configuration#{role}_token",
        action="Enter a token" if is_missing else "Enter a new token",
    )


def _advice_for_event(record: EventRecord, eligibility: ResendMethod | Reason | None) -> Advice:
    if record.status is Status.WAITING:
        return _NO_ACTION
    if record.status is Status.RECEIVED:
        return Advice(text="1Pixel is getting the details from Commerce7. No action needed.")
    if is_not_set_up(record):
        return _advice_for_too_early(eligibility)
    return _skipped(record.reason, record.details)


def _skipped(reason: Reason | None, details: Details) -> Advice:
    return WHILE_PAUSED if details.switch is Switch.EVERYTHING else row_of(reason).skipped


def _advice_for_too_early(eligibility: ResendMethod | Reason | None) -> Advice:
    """Return what to do about an event that happened before there was a pixel."""
    if eligibility is Reason.PIXEL_REMOVED:
        return Advice(
            text="Once you have entered a pixel, you can send this event again for 7 days.",
            path="/configuration#primary_pixel_id",
            action="Set up the pixel",
        )
    if isinstance(eligibility, Reason):
        return Advice(text=row_of(eligibility).not_again)
    return Advice(text="You have a pixel now, so you can send this event again.")

"""When a reservation is a Lead."""

from service.domain.events.event import ActionSource
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Times, Waiting
from service.domain.shop.reservation import BookingStatus, Reservation
from service.domain.shop.signal import Action, Signal
from service.domain.tenants.tenant import TenantSettings

_NO_VISIT = {
    BookingStatus.CANCELLED: Reason.CANCELLED,
    BookingStatus.NO_SHOW: Reason.NO_SHOW,
}
_NOT_BOOKED = {
    BookingStatus.PENDING: Reason.NOT_BOOKED_YET,
    BookingStatus.ON_HOLD: Reason.BOOKING_ON_HOLD,
}


def booked(signal: Signal[Reservation], _settings: TenantSettings, times: Times) -> MappingResult:
    """Return the booking of a visit, which has no value: a paid visit makes an order of its own.

    It is dated when the visit was booked: a payment or a check-in later is no new booking.
    """
    reservation = signal.fact
    if reservation.is_imported:
        return Skipped(Reason.IMPORT)
    if reason := _NO_VISIT.get(reservation.status):
        return Skipped(reason, may_change=True)
    if reason := _NOT_BOOKED.get(reservation.status):
        return Waiting(reason)
    is_new = signal.action is Action.CREATE
    booked_at = reservation.booked_at or (times.received_at if is_new else None)
    if booked_at is None:
        return Waiting(Reason.NO_BOOKING_DATE_YET)
    is_seen_online = reservation.is_online and reservation.person.connection.user_agent
    return Happened(
        at=booked_at,
        source=ActionSource.WEBSITE if is_seen_online else ActionSource.PHONE_CALL,
        page="reservation",
    )

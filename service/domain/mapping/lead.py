"""When a reservation is a Lead."""

from datetime import datetime

from service.domain.events.event import ActionSource
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Waiting
from service.domain.shop.reservation import BookingStatus, Reservation
from service.domain.shop.signal import Signal
from service.domain.tenants.tenant import TenantSettings

_NO_VISIT = {
    BookingStatus.CANCELLED: Reason.CANCELLED,
    BookingStatus.NO_SHOW: Reason.NO_SHOW,
}


def booked(signal: Signal[Reservation], _settings: TenantSettings, now: datetime) -> MappingResult:
    """Return the booking of a visit, which has no value: a paid visit makes an order of its own."""
    reservation = signal.fact
    if reservation.is_imported:
        return Skipped(Reason.IMPORT)
    if reason := _NO_VISIT.get(reservation.status):
        return Skipped(reason, may_change=True)
    if reservation.status is BookingStatus.PENDING:
        return Waiting(Reason.NOT_BOOKED_YET)
    is_seen_online = reservation.is_online and reservation.person.connection.user_agent
    return Happened(
        at=reservation.paid_at or now,
        source=ActionSource.WEBSITE if is_seen_online else ActionSource.PHONE_CALL,
        page="reservation",
    )

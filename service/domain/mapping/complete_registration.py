"""When a new customer record is a CompleteRegistration."""

from datetime import datetime

from service.domain.events.event import ActionSource
from service.domain.events.identify import real_email
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Waiting
from service.domain.shop.registration import Registration
from service.domain.shop.signal import Signal
from service.domain.tenants.tenant import TenantSettings


def registered(
    signal: Signal[Registration], _settings: TenantSettings, _now: datetime
) -> MappingResult:
    """Return the sign-up of a person; staff and imports create records too."""
    registration = signal.fact
    if signal.is_by_staff:
        return Skipped(Reason.NOT_A_SIGN_UP)
    if not any(map(real_email, registration.person.customer.emails)):
        return Skipped(Reason.NO_EMAIL, may_change=True)
    if registration.created_at is None:
        return Waiting(Reason.NO_SIGN_UP_DATE_YET)
    return Happened(at=registration.created_at, source=ActionSource.SYSTEM_GENERATED)

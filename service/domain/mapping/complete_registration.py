"""When a new customer record is a CompleteRegistration."""

from datetime import datetime, timedelta

from service.domain.events.event import EVENT_WINDOW, ActionSource
from service.domain.events.identify import real_email
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, MappingResult, Skipped, Times, Waiting
from service.domain.shop.registration import Registration
from service.domain.shop.signal import Action, Actor, Signal
from service.domain.tenants.tenant import TenantSettings

_ASKED_LATE = timedelta(days=1)
_ASKED_AFTER = (timedelta(minutes=15), timedelta(hours=24), EVENT_WINDOW)
"""When the shop is asked whether a new customer has an account by now; the last answer counts."""


def registered(
    signal: Signal[Registration], _settings: TenantSettings, times: Times
) -> MappingResult | None:
    """Return the sign-up of a person, `None` for a change of an older record.

    Staff, tills, imports and guests' orders create records too: only an account is a sign-up. A new
    record that does not say whether it has one counts as a sign-up, a later one does not.
    """
    registration = signal.fact
    is_new = signal.action is Action.CREATE
    created_at = registration.created_at
    since = times.waiting_since or times.received_at
    if not is_new and created_at and created_at < times.now - EVENT_WINDOW - _ASKED_LATE:
        return None
    if signal.is_by_staff:
        return Skipped(Reason.NOT_A_SIGN_UP)
    if not any(map(real_email, registration.person.customer.emails)):
        return Skipped(Reason.NO_EMAIL, may_change=True)
    if created_at is None:
        return Waiting(Reason.NO_SIGN_UP_DATE_YET)
    if not _has_account(signal):
        return _without_account(since, now=times.now)
    return Happened(at=created_at, source=ActionSource.SYSTEM_GENERATED)


def _has_account(signal: Signal[Registration]) -> bool:
    """Tell whether the person has an account: who acts as a shopper is signed in."""
    stated = signal.fact.has_account
    is_new = signal.action is Action.CREATE
    return signal.actor is Actor.SHOPPER or (is_new if stated is None else stated)


def _without_account(since: datetime, *, now: datetime) -> Waiting | Skipped:
    ahead = (since + pause for pause in _ASKED_AFTER if since + pause > now)
    if ask_at := next(ahead, None):
        return Waiting(Reason.NO_ACCOUNT_YET, ask_at=ask_at)
    return Skipped(Reason.NO_ACCOUNT)

"""A task comes back: attempt one delivery, if it is still to be attempted."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service.domain.delivery import (
    CURRENCY_UNKNOWN,
    UNINSTALL_REPORTED,
    Delivery,
    DeliveryStatus,
    closed,
    held,
    judged,
    leased,
)
from service.domain.event import Event, EventName
from service.domain.installation import InstallState
from service.domain.order import Channel
from service.domain.record import EventRecord
from service.domain.schedule import MAX_ATTEMPTS, SETTINGS_PROBE_EVERY, TOKEN_PROBE_EVERY
from service.domain.tenant import Role, TenantSettings
from service.domain.verdict import Answer, Verdict
from service.ports import Services, Stored, UnsealError
from service.usecases.note_progress import note_first_sent
from service.usecases.payload import unseal_event

# Two pixels share a record, so their tasks may write at the same moment: look again, not later.
_SWAPS = 5


class Attempted(StrEnum):
    """What one call did; `BUSY` and `RETRY` ask the queue to call again."""

    NOTHING = "nothing left to do"
    BUSY = "too early, or another attempt is under way"
    FINISHED = "finished"
    HELD = "held"
    RETRY = "to be tried again"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What the call did, and the delivery as it now stands."""

    attempted: Attempted
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Shot:
    """Everything that one attempt needs."""

    event: Event
    pixel_id: str
    token: str


def send_event(tenant_id: str, event_key: str, *, role: Role, services: Services) -> SendResult:
    """Attempt the delivery once, or record why not.

    Raises:
        StoreUnavailableError: the outcome may not be recorded. The lease then runs out by itself
            and the same event, with the same id, is attempted again.
    """
    for _ in range(_SWAPS):
        if result := _send_once(tenant_id, event_key, role=role, services=services):
            return result
    return SendResult(attempted=Attempted.BUSY)


def _send_once(
    tenant_id: str, event_key: str, *, role: Role, services: Services
) -> SendResult | None:
    """Do it, or return `None` if the other role's delivery wrote first: then look again."""
    now = services.clock()
    stored = services.events.find(tenant_id, event_key)
    delivery = stored.record.deliveries.get(role) if stored else None
    if stored is None or delivery is None or delivery.is_final:
        return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
    is_too_late = stored.record.is_expired(now) and delivery.is_idle
    if not (delivery.is_open(now) or is_too_late):
        # A hold is ended by the sweep; the queue need not call until then.
        is_held = delivery.status is DeliveryStatus.HELD
        return SendResult(
            attempted=Attempted.HELD if is_held else Attempted.BUSY, delivery=delivery
        )
    decided = _prepare(stored.record, role, now=now, services=services)
    if isinstance(decided, Delivery):
        return _settle(stored, role, decided, now=now, services=services)
    return _attempt(stored, role, decided, now=now, services=services)


def _prepare(
    record: EventRecord, role: Role, *, now: datetime, services: Services
) -> _Shot | Delivery:
    """Return what the attempt needs, or the delivery as it stands without one."""
    delivery = record.deliveries[role]
    tenant = services.tenants.recall(record.tenant_id)
    if tenant is None or not tenant.installation.is_installed:
        return closed(delivery, status=DeliveryStatus.SKIPPED, reason="not installed", now=now)
    # However long the doubt lasts, nobody's data waits beyond Meta's window.
    if tenant.installation.state is InstallState.HELD and not record.is_expired(now):
        return held(delivery, reason=UNINSTALL_REPORTED, until=now + SETTINGS_PROBE_EVERY)
    settings = tenant.settings
    if obstacle := _obstacle(record, role, settings, now=now):
        return obstacle
    try:
        token = _token(record.tenant_id, role, services=services)
    except UnsealError as error:
        return held(delivery, reason=str(error), until=now + TOKEN_PROBE_EVERY)
    try:
        event = unseal_event(record.payload or "", tenant_id=record.tenant_id, vault=services.vault)
    except UnsealError:
        reason = "the event could not be read back"
        return closed(delivery, status=DeliveryStatus.ERROR, reason=reason, now=now)
    # The record may have learnt the currency since the event was sealed.
    event = replace(event, custom=(record.custom or event.custom).priced_in(settings.currency))
    return _Shot(event, settings.pixel_of(role), token)


def _obstacle(
    record: EventRecord, role: Role, settings: TenantSettings, *, now: datetime
) -> Delivery | None:
    """Return the delivery ended or held by what has changed since it was recorded."""
    delivery = record.deliveries[role]
    # The channels' switches are the orders'.
    is_order = record.name is EventName.PURCHASE
    channel = Channel(record.channel) if is_order and record.channel else None
    if not settings.sends(record.name, channel):
        return closed(delivery, status=DeliveryStatus.SKIPPED, reason="switched off", now=now)
    if not settings.pixel_of(role):
        return closed(delivery, status=DeliveryStatus.SKIPPED, reason="pixel removed", now=now)
    if record.is_expired(now):
        reason = "could not be sent within 7 days"
        reason += f": {delivery.reason}" if delivery.reason else ""
        return closed(delivery, status=DeliveryStatus.ERROR, reason=reason, now=now)
    if delivery.attempts >= MAX_ATTEMPTS:
        reason = f"every attempt was cut short (tried {delivery.attempts} times)"
        return closed(delivery, status=DeliveryStatus.ERROR, reason=reason, now=now)
    if record.custom and record.custom.lacks_currency and settings.currency is None:
        return held(delivery, reason=CURRENCY_UNKNOWN, until=now + SETTINGS_PROBE_EVERY)
    return None


def _token(tenant_id: str, role: Role, *, services: Services) -> str:
    """Return the token of the role's pixel.

    Raises:
        UnsealError: there is none that can be used; the message tells the merchant what to do.
    """
    sealed = services.tenants.recall_token(tenant_id, role)
    if sealed is None:
        raise UnsealError("no access token: enter one in the settings")
    try:
        return services.vault.unseal(tenant_id, sealed).decode()
    except (UnsealError, UnicodeDecodeError) as error:
        raise UnsealError("the access token cannot be read: enter it again") from error


def _attempt(
    stored: Stored, role: Role, shot: _Shot, *, now: datetime, services: Services
) -> SendResult | None:
    lease_id = services.new_id()
    delivery = leased(
        stored.record.deliveries[role], lease_id=lease_id, pixel_id=shot.pixel_id, now=now
    )
    record = replace(stored.record, custom=shot.event.custom)
    owned = services.events.replace(stored, record.with_delivery(role, delivery, now=now))
    if owned is None:
        return None
    verdict = services.conversions.send(shot.event, pixel_id=shot.pixel_id, token=shot.token)
    return _record_verdict(owned, role, verdict, lease_id=lease_id, services=services)


def _record_verdict(
    owned: Stored, role: Role, verdict: Verdict, *, lease_id: str, services: Services
) -> SendResult:
    """Write the outcome, again and again if the other role's delivery writes in between."""
    current: Stored | None = owned
    while current is not None:
        delivery = current.record.deliveries.get(role)
        if delivery is None:
            break  # it was erased while Meta was asked
        # After an overlong attempt the lease is another's; only "Meta has it" is still news.
        is_ours = delivery.lease_id == lease_id and not delivery.is_final
        is_better = verdict.answer is Answer.ACCEPTED and delivery.status is not DeliveryStatus.SENT
        if not (is_ours or is_better):
            return SendResult(attempted=Attempted.NOTHING, delivery=delivery)
        now = services.clock()
        after = judged(delivery, verdict, now=now, policy=services.retry)
        if services.events.replace(current, current.record.with_delivery(role, after, now=now)):
            if after.status is DeliveryStatus.SENT:
                note_first_sent(current.record.tenant_id, at=now, services=services)
            return SendResult(attempted=_asks_for(after), delivery=after)
        current = services.events.find(current.record.tenant_id, current.record.key)
    return SendResult(attempted=Attempted.NOTHING)


def _settle(
    stored: Stored, role: Role, delivery: Delivery, *, now: datetime, services: Services
) -> SendResult | None:
    record = stored.record.with_delivery(role, delivery, now=now)
    if services.events.replace(stored, record) is None:
        return None
    return SendResult(attempted=_asks_for(delivery), delivery=delivery)


def _asks_for(delivery: Delivery) -> Attempted:
    if delivery.is_final:
        return Attempted.FINISHED
    return Attempted.HELD if delivery.status is DeliveryStatus.HELD else Attempted.RETRY

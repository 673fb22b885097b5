"""Check whether a delivery may be attempted now, and collect what the attempt needs."""

from datetime import datetime

from msgspec import Struct, structs

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import WAITS, BreakerState
from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.domain.delivery.steps import closed, parked
from service.domain.events.event import CustomData, Event
from service.domain.events.reason import Details, Reason
from service.domain.events.rejected_fields import drop_rejected_field
from service.domain.records.record import EventRecord
from service.domain.tenants.shop_facts import missing_fact, with_shop_facts
from service.domain.tenants.tenant import Role, Tenant
from service.domain.tenants.wanted import why_unwanted
from service.ports import Services, UnsealError
from service.usecases.delivery.pixel_state import open_breaker, stopping_breaker
from service.usecases.sealing import unseal_event, unseal_text


class PreparedAttempt(Struct, frozen=True, kw_only=True):
    """The inputs of one attempt, made from the `tenant` as it was read for it.

    `custom` is the event's custom data for the log, with the fields that the vendor rejected and
    that `event` lacks. `sealed` is the token as it is stored.
    """

    __repr__ = object.__repr__

    tenant: Tenant
    event: Event
    custom: CustomData
    pixel_id: str
    token: str
    sealed: str


def prepare_attempt(
    record: EventRecord, role: Role, tenant: Tenant, *, now: datetime, services: Services
) -> PreparedAttempt | Delivery | None:
    """Return the inputs of the attempt, or the delivery, ended or parked, if none may be made.

    `None` if the event's data was dropped for its age, and must be fetched again first.

    Raises:
        StoreUnavailableError: nothing is decided; try again.
    """
    if obstacle := _obstacle(record, role, tenant, now=now, services=services):
        return obstacle
    event = _event_with_facts(record, role, tenant, now=now, services=services)
    if isinstance(event, Delivery):
        return event
    token = _usable_token(record, role, tenant, now=now, services=services)
    if isinstance(token, Delivery) or event is None:
        return token if isinstance(token, Delivery) else None
    custom = event.custom
    for key in record.deliveries[role].dropped:
        event = drop_rejected_field(event, key)
    return PreparedAttempt(
        tenant=tenant,
        event=event,
        custom=custom,
        pixel_id=tenant.settings.pixel_of(role),
        token=token.plain,
        sealed=token.sealed,
    )


def _event_with_facts(
    record: EventRecord, role: Role, tenant: Tenant, *, now: datetime, services: Services
) -> Event | Delivery | None:
    """Return the event with the shop's facts, or the delivery, ended or parked, without them.

    `None` if its data was dropped.
    """
    if record.is_dropped_but_wanted(now):
        return None
    payload = record.payload or ""
    try:
        event = unseal_event(payload, tenant_id=record.tenant_id, vault=services.vault)
    except UnsealError:
        reason = Reason.EVENT_UNREADABLE
        delivery = record.deliveries[role]
        return closed(delivery, status=DeliveryStatus.ERROR, reason=reason, now=now)
    # A fact of the shop may have become known after the event was sealed.
    event = with_shop_facts(structs.replace(event, custom=record.custom or event.custom), tenant)
    if fact := missing_fact(event):
        return _parked(record, role, fact.wait, reason=fact.reason, now=now)
    return event


def _usable_token(
    record: EventRecord, role: Role, tenant: Tenant, *, now: datetime, services: Services
) -> "_Token | Delivery":
    """Return the pixel's token, or the parked delivery if the pixel is stopped or has none."""
    if stopped := _stopped(record, role, tenant, now=now, services=services):
        return stopped
    token = _token(tenant.id, role, services=services)
    if isinstance(token, Reason):
        state = BreakerState.NEEDS_RECONNECT
        open_breaker(record, role, state=state, reason=token, now=now, services=services)
        return _parked(record, role, Wait.TOKEN, reason=token, now=now)
    return token


def _obstacle(
    record: EventRecord, role: Role, tenant: Tenant, *, now: datetime, services: Services
) -> Delivery | None:
    """Return the delivery, ended or parked, if the tenant or the event's age forbids an attempt."""
    delivery = record.deliveries[role]
    if unwanted := why_unwanted(tenant, record.name, channel=record.channel, role=role):
        return closed(
            delivery,
            status=DeliveryStatus.SKIPPED,
            reason=unwanted.reason,
            details=unwanted.details,
            now=now,
        )
    # Meta takes no older events, so personal data is not kept any longer.
    if record.is_expired(now):
        details = replace(delivery.details, because=delivery.reason)
        status, why = DeliveryStatus.ERROR, Reason.TOO_LATE
        return closed(delivery, status=status, reason=why, details=details, now=now)
    if doubt := tenant.installation.doubt:
        return _parked(record, role, Wait.INSTALLATION, reason=doubt, now=now)
    if _lost_every_attempt(delivery):
        return _parked_after_interruptions(record, role, now=now, services=services)
    return None


def _parked_after_interruptions(
    record: EventRecord, role: Role, *, now: datetime, services: Services
) -> Delivery:
    """Open the pixel's breaker, and return the delivery parked for its slow retry."""
    delivery = record.deliveries[role]
    is_revived = delivery.is_revived
    why = Reason.LAST_ATTEMPT_CUT_SHORT if is_revived else Reason.EVERY_ATTEMPT_CUT_SHORT
    details = Details(tried=delivery.attempts)
    open_breaker(
        record,
        role,
        state=BreakerState.FAILING,
        reason=why,
        details=details,
        now=now,
        services=services,
    )
    return parked(
        delivery,
        waits_for=Wait.VENDOR,
        reason=why,
        details=details,
        now=now,
        until=now + services.retry.slow_retry_every,
    )


def _lost_every_attempt(delivery: Delivery) -> bool:
    """Tell whether interrupted attempts, whose outcome is unknown, used up all of its retries."""
    most = 1 if delivery.is_revived else MAX_ATTEMPTS
    is_known = delivery.waits_for is Wait.VENDOR or delivery.status is DeliveryStatus.RETRYING
    return delivery.spent >= most and not is_known


def _stopped(
    record: EventRecord, role: Role, tenant: Tenant, *, now: datetime, services: Services
) -> Delivery | None:
    """Return the delivery parked by its pixel's breaker, or `None` if it may be attempted."""
    delivery = record.deliveries[role]
    if not tenant.breaker(role).stops(delivery):
        return None
    breaker = stopping_breaker(record, role, now=now, services=services)
    if breaker is None:
        return None
    # A delivery that failed itself keeps its own reason.
    source = delivery if delivery.is_slow_retry and delivery.reason else breaker
    why, details = source.reason or Reason.NONE, source.details
    return parked(delivery, waits_for=WAITS[breaker.state], reason=why, details=details, now=now)


def _parked(
    record: EventRecord, role: Role, waits_for: Wait, *, reason: Reason, now: datetime
) -> Delivery:
    return parked(record.deliveries[role], waits_for=waits_for, reason=reason, now=now)


class _Token(Struct, frozen=True):
    __repr__ = object.__repr__

    plain: str
    sealed: str


def _token(tenant_id: str, role: Role, *, services: Services) -> _Token | Reason:
    """Return the token of the role's pixel, or the reason why there is none to use."""
    sealed = services.tenants.get_cached_token(tenant_id, role)
    if sealed is None:
        return Reason.TOKEN_MISSING
    try:
        return _Token(unseal_text(sealed, tenant_id=tenant_id, vault=services.vault), sealed)
    except UnsealError:
        return Reason.TOKEN_UNREADABLE

"""Simulate an event: send one test event at once, and return Meta's answer.

It is logged as a test, never queued or counted, and sent even if the event is switched off.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.delivery.judgement import with_answer
from service.domain.delivery.steps import closed
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event, EventName
from service.domain.events.match_keys import match_keys
from service.domain.events.reason import NO_DETAILS
from service.domain.mapping.simulation import counts_at_secondary, simulated
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, StoreUnavailableError, UnsealError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.saved_token import saved_token

_TEST = "test"


class Missing(StrEnum):
    """What a test event cannot be sent without; the values are for the log."""

    PIXEL = "no pixel id"
    TOKEN = "no token"  # noqa: S105 - a word
    READABLE_TOKEN = "token cannot be read"  # noqa: S105 - words
    TEST_CODE = "no test event code"


class Sent(Struct, frozen=True, kw_only=True):
    """The test event's result at one pixel: a verdict, or what was missing.

    Without the test code (not `marked`), the pixel counts the event like a real one.
    """

    role: Role
    pixel_id: str
    marked: bool
    verdict: Verdict | None = None
    missing: Missing | None = None


class Simulated(Struct, frozen=True, kw_only=True):
    """A test event and its result at each pixel; it is not sent while something is `missing`."""

    name: EventName
    event_id: str = ""
    missing: tuple[Missing, ...] = ()
    sent: tuple[Sent, ...] = ()


def simulate_event(tenant_id: str, name: EventName, *, services: Services) -> Simulated | None:
    """Send a test event to the primary pixel, marked with the winery's test event code.

    A Purchase goes to the secondary pixel too, unmarked (docs/adr/0015-test-events.md). `None`
    where we are not installed.

    Raises:
        StoreUnavailableError: nothing was sent.
    """
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return None
    settings = tenant.settings
    goes_to_both = name is EventName.PURCHASE and counts_at_secondary(settings)
    roles = tuple(Role) if goes_to_both else (Role.PRIMARY,)
    tokens = {role: _token(tenant, role, services=services) for role in roles}
    if missing := _missing(tenant, tokens[Role.PRIMARY]):
        return Simulated(name=name, missing=missing)
    event_id = f"test-{services.new_id()}"
    now = services.clock()
    event = simulated(name, event_id=event_id, settings=settings, now=now)
    sent = [_send(event, tenant, role, token=tokens[role], services=services) for role in roles]
    answers = {each.role: (each.pixel_id, each.verdict) for each in sent if each.verdict}
    with suppress(StoreUnavailableError):  # the staff member sees the answer anyway
        _log_test(tenant_id, event, answers, began_at=now, services=services)
    return Simulated(name=name, event_id=event_id, sent=tuple(sent))


def _token(tenant: Tenant, role: Role, *, services: Services) -> str | Missing:
    try:
        return saved_token(tenant.id, role, services=services) or Missing.TOKEN
    except UnsealError:
        return Missing.READABLE_TOKEN


def _missing(tenant: Tenant, token: str | Missing) -> tuple[Missing, ...]:
    settings = tenant.settings
    found = (
        None if settings.pixel_of(Role.PRIMARY) else Missing.PIXEL,
        token if isinstance(token, Missing) else None,
        None if settings.test_event_code else Missing.TEST_CODE,
    )
    return tuple(each for each in found if each)


def _send(
    event: Event, tenant: Tenant, role: Role, *, token: str | Missing, services: Services
) -> Sent:
    settings = tenant.settings
    pixel_id, marked = settings.pixel_of(role), role is Role.PRIMARY
    if isinstance(token, Missing):
        return Sent(role=role, pixel_id=pixel_id, marked=marked, missing=token)
    verdict = services.conversions.send(
        event,
        pixel_id=pixel_id,
        token=token,
        test_code=settings.test_event_code if marked else "",
    )
    return Sent(role=role, pixel_id=pixel_id, marked=marked, verdict=verdict)


def _log_test(
    tenant_id: str,
    event: Event,
    answers: Mapping[Role, tuple[str, Verdict]],
    *,
    began_at: datetime,
    services: Services,
) -> None:
    """Add a test event to the log, with the pixel and the vendor's answer for each role.

    Raises:
        StoreUnavailableError: the event was sent, but may not be in the log.
    """
    now = services.clock()
    services.events.add(
        EventRecord(
            tenant_id=tenant_id,
            key=event.event_id,
            name=event.name,
            event_id=event.event_id,
            object_kind=_TEST,
            object_id="",
            received_at=began_at,
            updated_at=now,
            occurred_at=event.occurred_at,
            custom=event.custom,
            match_keys=match_keys(event.identity),
            data_use_rule=event.data_use.rule,
            is_test=True,
            deliveries={
                role: _test_delivery(pixel_id, verdict, began_at=began_at, now=now)
                for role, (pixel_id, verdict) in answers.items()
            },
        )
    )


def _test_delivery(
    pixel_id: str, verdict: Verdict, *, began_at: datetime, now: datetime
) -> Delivery:
    is_accepted = verdict.answer is Answer.ACCEPTED
    attempted = Delivery(attempts=1, pixel_id=pixel_id, leased_at=began_at)
    return closed(
        with_answer(attempted, verdict, now=now),
        status=DeliveryStatus.SENT if is_accepted else DeliveryStatus.ERROR,
        reason=None if is_accepted else verdict.reason,
        details=NO_DETAILS if is_accepted else verdict.details,
        now=now,
    )

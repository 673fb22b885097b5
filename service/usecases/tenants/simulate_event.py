"""Simulate an event: send one test event at once, and return Meta's answer.

It is logged as a test, never queued or counted, and sent even if the event is switched off.
"""

from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event, EventName
from service.domain.mapping.simulation import counts_at_secondary, simulated
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, StoreUnavailableError, UnsealError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.log_test import log_test
from service.usecases.tenants.saved_token import saved_token


class Missing(StrEnum):
    """What a test event cannot be sent without; the values are for the log."""

    PIXEL = "no pixel id"
    TOKEN = "no token"  # noqa: S105 - a word
    READABLE_TOKEN = "token cannot be read"  # noqa: S105 - words
    TEST_CODE = "no test event code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The test event's result at one pixel: a verdict, or what was missing.

    Without the test code (not `marked`), the pixel counts the event like a real one.
    """

    role: Role
    pixel_id: str
    marked: bool
    verdict: Verdict | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
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
        log_test(tenant_id, event, answers, began_at=now, services=services)
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

"""Test Connection: does Meta take an event from this pixel id with this token?"""

from datetime import datetime

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import tested
from service.domain.tenants.connection import (
    Cause,
    ConnectionFinding,
    ConnectionTest,
    answer_of,
    fault_of_pixel_id,
    judge_test,
    judge_token,
)
from service.domain.tenants.progress import Verified, token_fingerprint
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError
from service.usecases.tenants.change_tenant import change_known_tenant
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.saved_token import saved_token


def check_connection(tenant_id: str, role: Role, *, services: Services) -> ConnectionFinding | None:
    """Test the role's saved pixel and token, and record what that proves.

    `None` where we are not installed. One harmless event is sent, unless it is clear beforehand
    that Meta would refuse it. Its answer counts like that to a delivery: a refused token opens the
    pixel's circuit breaker, and an accepted event closes it.

    Raises:
        StoreUnavailableError: nothing was tested, or its result may not be recorded; test again.
    """
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return None
    pixel_id = tenant.settings.pixel_of(role)
    if cause := fault_of_pixel_id(pixel_id):
        return ConnectionFinding(cause=cause)
    try:
        token = saved_token(tenant_id, role, services=services)
    except UnsealError:
        return ConnectionFinding(cause=Cause.UNREADABLE_TOKEN)
    if token is None:
        return ConnectionFinding(cause=Cause.NO_TOKEN)
    now = services.clock()
    finding = _run_test(tenant, role, token, now=now, services=services)
    _record(finding, tenant, role, token=token, services=services)
    return finding if finding.is_verified else _dated(finding, tenant, role, token=token)


def _record(
    finding: ConnectionFinding, tenant: Tenant, role: Role, *, token: str, services: Services
) -> None:
    """Record the finding, unless the pixel or the token was replaced during the test."""
    now, pixel_id = services.clock(), tenant.settings.pixel_of(role)
    verdict = answer_of(finding)
    if verdict is None or not _is_saved(tenant.id, role, token, services=services):
        return
    verified = Verified(
        at=now, pixel_id=pixel_id, mark=token_fingerprint(token), expires_at=finding.expires_at
    )

    def changed(known: Tenant) -> Tenant:
        if known.settings.pixel_of(role) != pixel_id:
            return known
        breaker = tested(known.breaker(role), verdict, now=now, policy=services.retry)
        progress = known.progress
        if finding.is_verified:
            progress = progress.with_test(role, verified)
        return replace(known, progress=progress).with_breaker(role, breaker)

    change_known_tenant(tenant.id, changed, now=now, services=services)


def _is_saved(tenant_id: str, role: Role, token: str, *, services: Services) -> bool:
    try:
        return saved_token(tenant_id, role, services=services) == token
    except UnsealError:
        return False


def _run_test(
    tenant: Tenant, role: Role, token: str, *, now: datetime, services: Services
) -> ConnectionFinding:
    settings, vendor = tenant.settings, services.connections
    pixel_id = settings.pixel_of(role)
    facts = vendor.token_facts(token)
    if finding := judge_token(facts):
        return finding
    # The code was made for the primary pixel's test events; another pixel does not know it.
    test_code = settings.test_event_code if role is Role.PRIMARY else ""
    probe = ConnectionTest(event_id=f"test-{services.new_id()}", at=now, test_code=test_code)
    probed = vendor.probe(probe, pixel_id=pixel_id, token=token)
    finding = judge_test(probed, pixel_id=pixel_id, facts=facts)
    if not finding.is_verified:
        return finding
    return replace(finding, pixel_name=vendor.pixel_name(pixel_id, token=token))


def _dated(
    finding: ConnectionFinding, tenant: Tenant, role: Role, *, token: str
) -> ConnectionFinding:
    """Return the finding with an expired token's expiry date, if an earlier test recorded it."""
    if finding.cause is not Cause.EXPIRED_TOKEN or finding.expires_at:
        return finding
    pixel_id = tenant.settings.pixel_of(role)
    earlier = tenant.progress.tested_for(role, pixel_id=pixel_id, token=token)
    return replace(finding, expires_at=earlier.expires_at) if earlier else finding

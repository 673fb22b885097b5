"""Test Connection: does Meta take an event from this pixel id with this token?"""

from dataclasses import replace
from datetime import datetime

from service.domain.tenants.connection import (
    Cause,
    ConnectionFinding,
    ConnectionTest,
    fault_of_pixel_id,
    judge_test,
    judge_token,
)
from service.domain.tenants.progress import Verified, token_fingerprint
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.record_progress import record_progress
from service.usecases.tenants.saved_token import saved_token


def check_connection(tenant_id: str, role: Role, *, services: Services) -> ConnectionFinding | None:
    """Test the role's saved pixel and token, and record a success.

    `None` where we are not installed. One harmless event is sent, unless it is clear beforehand
    that Meta would refuse it.

    Raises:
        StoreUnavailableError: nothing was tested, or the success may not be recorded; test again.
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
    if not finding.is_verified:
        return _dated(finding, tenant, role, token=token)
    verified = Verified(
        at=now, pixel_id=pixel_id, mark=token_fingerprint(token), expires_at=finding.expires_at
    )
    record_progress(tenant_id, lambda known: known.with_test(role, verified), services=services)
    return finding


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

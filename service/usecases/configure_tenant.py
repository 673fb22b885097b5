"""Set a tenant up: its settings, and the tokens of its pixels."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from service.domain.audit import AuditEntry, changes_between
from service.domain.progress import Progress
from service.domain.staff import StaffMember
from service.domain.tenant import Role, TenantSettings
from service.ports import Services
from service.usecases.note_progress import note_progress
from service.usecases.pixel_state import promise_release, release_waiting


def configure_tenant(
    tenant_id: str,
    settings: TenantSettings,
    *,
    tokens: Mapping[Role, str],
    by: StaffMember,
    services: Services,
) -> None:
    """Save the settings, and those tokens that are given, sealed for this tenant.

    What waited for a currency, a token or a pixel is released by it.

    Tokens first: settings that name a pixel must never be seen without its token. The audit entry
    before both: a change that failed half-way is better told twice than never.

    Raises:
        StoreUnavailableError: some of it may not be saved; do it again.
    """
    now = services.clock()
    known = services.tenants.find(tenant_id)
    before = known.choices if known else None
    changes = changes_between(before, settings, new_tokens=tokens)
    if changes:
        entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
        services.audit.add(tenant_id, entry)
    if before and changes:
        promise_release(tenant_id, now=now, services=services)
    for role, token in tokens.items():
        sealed = services.vault.seal(tenant_id, token.encode())
        services.tenants.save_sealed_token(tenant_id, role, sealed)
    services.tenants.save_settings(tenant_id, settings)
    if before and changes:
        renewed = _renewed(before, settings, tokens)
        release_waiting(tenant_id, now=now, services=services, renewed=renewed)
    if settings.test_event_code != (before.test_event_code if before else ""):
        saved_at = now if settings.test_event_code else None
        _note_test_code(tenant_id, saved_at, services=services)


def _note_test_code(tenant_id: str, saved_at: datetime | None, *, services: Services) -> None:
    def noted(progress: Progress) -> Progress:
        return replace(progress, test_code_saved_at=saved_at)

    note_progress(tenant_id, noted, services=services)


def _renewed(
    before: TenantSettings, after: TenantSettings, tokens: Mapping[Role, str]
) -> set[Role]:
    """Return the roles that have a new token, or another pixel."""
    return {
        role for role in Role if role in tokens or before.pixel_of(role) != after.pixel_of(role)
    }

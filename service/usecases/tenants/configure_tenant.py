"""Save a tenant's settings and its pixels' tokens."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import reconnected
from service.domain.shop.staff import StaffMember
from service.domain.tenants.audit import AuditEntry, changes_between
from service.domain.tenants.new_tenant import new_tenant
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.ports import Services
from service.usecases.tenants.change_tenant import change_tenant
from service.usecases.tenants.saved_token import token_version

SettingsChange = Callable[[TenantSettings], TenantSettings]


class SettingsConflictError(Exception):
    """The settings, or a token to replace, have changed since the staff member read them."""


def seen_as(version: str, settings: TenantSettings) -> SettingsChange:
    """Return a change to these settings that fails unless the stored ones have this version."""

    def change(known: TenantSettings) -> TenantSettings:
        if known.version != version:
            raise SettingsConflictError
        return settings

    return change


def configure_tenant(
    tenant_id: str,
    settings: TenantSettings,
    *,
    tokens: Mapping[Role, str],
    by: StaffMember,
    services: Services,
) -> None:
    """Save these settings whatever the stored ones are, and the given tokens.

    Raises:
        StoreUnavailableError: some of it may not be saved; do it again.
    """
    change_settings(tenant_id, lambda _: settings, tokens=tokens, by=by, services=services)


def change_settings(
    tenant_id: str,
    change: SettingsChange,
    *,
    tokens: Mapping[Role, str],
    by: StaffMember,
    services: Services,
    token_versions: Mapping[Role, str] = MappingProxyType({}),
) -> None:
    """Apply the change to the settings and save them, and the given tokens, sealed.

    A token is saved only if the stored one still has the given version; without one, always.

    The tokens are written first, so that settings never name a pixel without its token. The audit
    entry is written before both: after a failure half-way, two entries are better than none.

    Raises:
        SettingsConflictError: the change raised it, or a token has another version; nothing is
            saved.
        StoreUnavailableError: some of it may not be saved; do it again.
    """
    now = services.clock()
    known = services.tenants.find(tenant_id)
    before = known.choices if known else None
    changes = changes_between(before, change(before or TenantSettings()), new_tokens=tokens)
    if known and not changes:
        return
    for role in tokens:
        _check(services.tenants.sealed_token(tenant_id, role), token_versions.get(role))
    if changes:
        entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
        services.audit.add(tenant_id, entry)
    with _tokens_saved(tenant_id, tokens, versions=token_versions, services=services):
        _save(tenant_id, change, renewed=set(tokens), now=now, services=services)


@contextmanager
def _tokens_saved(
    tenant_id: str,
    tokens: Mapping[Role, str],
    *,
    versions: Mapping[Role, str],
    services: Services,
) -> Iterator[None]:
    """Seal and save the tokens; after a conflict, here or within, restore the earlier ones."""
    sealed = {
        role: services.vault.seal(tenant_id, token.encode()) for role, token in tokens.items()
    }
    earlier: dict[Role, str | None] = {}
    try:
        for role, each in sealed.items():
            version = versions.get(role)
            earlier[role] = _put(tenant_id, role, each, version=version, services=services)
        yield
    except SettingsConflictError:
        for role, token in earlier.items():
            _take_back(tenant_id, role, sealed[role], earlier=token, services=services)
        raise


def _save(
    tenant_id: str,
    change: SettingsChange,
    *,
    renewed: set[Role],
    now: datetime,
    services: Services,
) -> None:
    def changed(tenant: Tenant | None) -> Tenant:
        there = tenant or new_tenant(tenant_id, now=now)
        return _configured(there, change(there.choices), renewed=renewed, now=now)

    change_tenant(tenant_id, changed, now=now, services=services)


def _configured(
    tenant: Tenant, settings: TenantSettings, *, renewed: set[Role], now: datetime
) -> Tenant:
    """Return the tenant with these settings; a new token or pixel may be probed at once."""
    before = tenant.choices
    moved = {role for role in Role if before.pixel_of(role) != settings.pixel_of(role)}
    progress = tenant.progress
    if settings.test_event_code != before.test_event_code:
        saved_at = now if settings.test_event_code else None
        progress = replace(progress, test_code_saved_at=saved_at)
    breakers = {
        role: reconnected(each, now=now) if role in renewed | moved else each
        for role, each in tenant.breakers.items()
    }
    recheck = tenant.recheck.requested(now=now) if renewed else tenant.recheck
    changed = replace(
        tenant, choices=settings, progress=progress, breakers=breakers, recheck=recheck
    )
    zone = changed.settings.timezone
    report = tenant.notices.report.switched(settings.report, now=now, zone=zone)
    return replace(changed, notices=replace(tenant.notices, report=report))


def _put(
    tenant_id: str, role: Role, sealed: str, *, version: str | None, services: Services
) -> str | None:
    """Save the sealed token if the stored one has this version, and return the stored one."""
    earlier: str | None = None

    def put(there: str | None) -> str:
        nonlocal earlier
        _check(there, version)
        earlier = there
        return sealed

    services.tenants.update_token(tenant_id, role, put)
    return earlier


def _check(sealed: str | None, version: str | None) -> None:
    if version is not None and token_version(sealed) != version:
        raise SettingsConflictError


def _take_back(
    tenant_id: str, role: Role, sealed: str, *, earlier: str | None, services: Services
) -> None:
    services.tenants.update_token(
        tenant_id, role, lambda there: earlier if there == sealed else there
    )

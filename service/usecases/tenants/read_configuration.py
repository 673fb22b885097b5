"""Read what the Configuration tab shows: settings, the end of each token, the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.setup import Setup
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.read_setup import read_setup
from service.usecases.tenants.saved_token import saved_token

_END = 4
_ENTRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A tenant's configuration without its secrets.

    `token_ends` holds the last four characters of each role's token; it is empty for a token that
    is too short or unreadable, and a role without a token is missing. `refused` are sites whose
    hits were refused and still would be.
    """

    tenant: Tenant
    setup: Setup
    token_ends: Mapping[Role, str]
    refused: Sequence[RefusedOrigin]
    changes: Sequence[AuditEntry]


def read_configuration(tenant_id: str, *, services: Services) -> Configuration | None:
    """Return the tenant's configuration; `None` where we are not installed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return None
    ends = {role: _token_end(tenant_id, role, services=services) for role in Role}
    allowed = tenant.settings.shop_domains
    origins = services.browser_signals.refused_origins(tenant_id)
    return Configuration(
        tenant=tenant,
        setup=read_setup(tenant, services=services),
        token_ends={role: end for role, end in ends.items() if end is not None},
        refused=[each for each in origins if each.host not in allowed],
        changes=services.audit.newest(tenant_id, limit=_ENTRIES),
    )


def _token_end(tenant_id: str, role: Role, *, services: Services) -> str | None:
    try:
        token = saved_token(tenant_id, role, services=services)
    except UnsealError:
        return ""
    if token is None:
        return None
    # Four characters of a short token would give too much of it away.
    return token[-_END:] if len(token) >= 4 * _END else ""

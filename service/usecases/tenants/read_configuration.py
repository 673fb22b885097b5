"""Read what the Configuration tab shows: settings, the end of each token, the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.setup import Setup
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError, Vault
from service.usecases.sealing import unseal_text
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.read_setup import read_setup
from service.usecases.tenants.saved_token import token_version

_END = 4
_ENTRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedToken:
    """What may be shown of a saved token.

    `end` holds its last four characters, "" if it is too short or unreadable; `version` tells it
    from the token before and after.
    """

    end: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A tenant's configuration without its secrets.

    A role without a token is missing in `tokens`. `refused` are sites whose hits were refused and
    still would be.
    """

    tenant: Tenant
    setup: Setup
    tokens: Mapping[Role, SavedToken]
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
    sealed = {role: services.tenants.sealed_token(tenant_id, role) for role in Role}
    allowed = tenant.settings.shop_domains
    origins = services.browser_signals.refused_origins(tenant_id)
    return Configuration(
        tenant=tenant,
        setup=read_setup(tenant, services=services),
        tokens={
            role: SavedToken(
                end=_end(each, tenant_id=tenant_id, vault=services.vault),
                version=token_version(each),
            )
            for role, each in sealed.items()
            if each is not None
        },
        refused=[each for each in origins if each.host not in allowed],
        changes=services.audit.newest(tenant_id, limit=_ENTRIES),
    )


def _end(sealed: str, *, tenant_id: str, vault: Vault) -> str:
    try:
        token = unseal_text(sealed, tenant_id=tenant_id, vault=vault)
    except UnsealError:
        return ""
    # Four characters of a short token would give too much of it away.
    return token[-_END:] if len(token) >= 4 * _END else ""

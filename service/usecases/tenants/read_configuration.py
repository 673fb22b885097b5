"""Read what the Configuration tab shows: settings, the end of each token, the audit trail."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError, Vault
from service.usecases.sealing import unseal_text
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.read_snippet import SnippetState, read_snippet
from service.usecases.tenants.saved_token import token_version

_END = 4
_ENTRIES = 20


class SavedToken(Struct, frozen=True, kw_only=True):
    """What may be shown of a saved token.

    `end` holds its last four characters, "" if it is too short or unreadable; `version` tells it
    from the token before and after. It `is_proven` if Meta has taken an event with it.
    """

    end: str
    version: str
    is_proven: bool = False


class Configuration(Struct, frozen=True, kw_only=True):
    """A tenant's configuration without its secrets.

    A role without a token is missing in `tokens`.
    """

    tenant: Tenant
    tokens: Mapping[Role, SavedToken]
    snippet: SnippetState
    changes: Sequence[AuditEntry]

    @property
    def has_token(self) -> Mapping[Role, bool]:
        """Tell of each role whether a token is saved for it."""
        return {role: role in self.tokens for role in Role}

    @property
    def unproven_roles(self) -> Sequence[Role]:
        """Return the roles whose pixel and token are saved and were never seen to work."""
        roles = self.tenant.settings.roles()
        return [role for role in roles if role in self.tokens and not self.tokens[role].is_proven]


def read_configuration(tenant_id: str, *, services: Services) -> Configuration | None:
    """Return the tenant's configuration; `None` where we are not installed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return None
    sealed = {role: services.tenants.sealed_token(tenant_id, role) for role in Role}
    return Configuration(
        tenant=tenant,
        tokens={
            role: _shown(each, tenant, role, vault=services.vault)
            for role, each in sealed.items()
            if each is not None
        },
        snippet=read_snippet(tenant, services=services),
        changes=services.audit.newest(tenant_id, limit=_ENTRIES),
    )


def _shown(sealed: str, tenant: Tenant, role: Role, *, vault: Vault) -> SavedToken:
    version = token_version(sealed)
    try:
        token = unseal_text(sealed, tenant_id=tenant.id, vault=vault)
    except UnsealError:
        return SavedToken(end="", version=version)
    # Four characters of a short token would give too much of it away.
    end = token[-_END:] if len(token) >= 4 * _END else ""
    pixel_id = tenant.settings.pixel_of(role)
    is_proven = tenant.progress.is_proven(role, pixel_id=pixel_id, token=token)
    return SavedToken(end=end, version=version, is_proven=is_proven)

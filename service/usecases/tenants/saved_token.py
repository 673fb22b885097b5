"""The access token that a role's pixel has now, in plain: for a request that needs it at once."""

from service.domain.tenants.tenant import Role
from service.ports import Services
from service.usecases.sealing import unseal_text


def saved_token(tenant_id: str, role: Role, *, services: Services) -> str | None:
    """Return the token, `None` if none is saved.

    Raises:
        UnsealError: one is saved, and no key of ours opens it any more.
        StoreUnavailableError: nothing is known now.
    """
    sealed = services.tenants.sealed_token(tenant_id, role)
    if sealed is None:
        return None
    return unseal_text(sealed, tenant_id=tenant_id, vault=services.vault)

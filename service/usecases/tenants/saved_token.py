"""Read and unseal the access token of a role's pixel."""

from service.domain.tenants.tenant import Role
from service.ports import Services
from service.usecases.sealing import unseal_text


def saved_token(tenant_id: str, role: Role, *, services: Services) -> str | None:
    """Return the token as plain text, uncached; `None` if none is saved.

    Raises:
        UnsealError: a token is saved, but none of our keys opens it.
        StoreUnavailableError: the store cannot be reached; try again.
    """
    sealed = services.tenants.sealed_token(tenant_id, role)
    if sealed is None:
        return None
    return unseal_text(sealed, tenant_id=tenant_id, vault=services.vault)

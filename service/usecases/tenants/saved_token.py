"""Read and unseal the access token of a role's pixel, and tell one token from another."""

from hashlib import sha256

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


def token_version(sealed: str | None) -> str:
    """Return a hash of the sealed token, which is another after every save; "" without a token."""
    return sha256(sealed.encode()).hexdigest()[:16] if sealed else ""

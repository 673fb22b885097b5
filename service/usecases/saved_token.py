"""The access token that a role's pixel has now, in plain: for a request that needs it at once."""

from service.domain.tenant import Role
from service.ports import Services, UnsealError


def saved_token(tenant_id: str, role: Role, *, services: Services) -> str | None:
    """Return the token, `None` if none is saved.

    Raises:
        UnsealError: one is saved, and no key of ours opens it any more.
        StoreUnavailableError: nothing is known now.
    """
    sealed = services.tenants.sealed_token(tenant_id, role)
    if sealed is None:
        return None
    try:
        return services.vault.unseal(tenant_id, sealed).decode()
    except UnicodeDecodeError as error:
        raise UnsealError("this text is no token") from error

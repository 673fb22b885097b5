"""Seal and unseal what is stored: waiting events, access tokens, ids of customers."""

import msgspec

from service.domain.events.event import Event
from service.ports import UnsealError, Vault


def seal_event(event: Event, *, tenant_id: str, vault: Vault) -> str:
    """Return the event as a sealed text, which can be unsealed for this tenant only."""
    return vault.seal(tenant_id, msgspec.json.encode(event))


def unseal_event(sealed: str, *, tenant_id: str, vault: Vault) -> Event:
    """Return the event in the sealed text, which an older release may have written.

    Raises:
        UnsealError: the text cannot be unsealed for this tenant, or holds no event.
    """
    try:
        return msgspec.json.decode(vault.unseal(tenant_id, sealed), type=Event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnsealError("this text holds no event") from error


def unseal_text(sealed: str, *, tenant_id: str, vault: Vault) -> str:
    """Return the plain text that was sealed: a token, or an object's id.

    Raises:
        UnsealError: it cannot be unsealed for this tenant, or is no UTF-8 text.
    """
    try:
        return vault.unseal(tenant_id, sealed).decode()
    except UnicodeDecodeError as error:
        raise UnsealError("this is no text") from error

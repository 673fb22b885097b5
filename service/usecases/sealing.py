"""What is sealed at rest: events that wait, access tokens, ids of customers."""

import msgspec

from service.domain.events.event import Event
from service.ports import UnsealError, Vault


def seal_event(event: Event, *, tenant_id: str, vault: Vault) -> str:
    """Return the event, unreadable to everybody but this tenant's deliveries."""
    return vault.seal(tenant_id, msgspec.json.encode(event))


def unseal_event(sealed: str, *, tenant_id: str, vault: Vault) -> Event:
    """Return the event that was sealed, perhaps by an older version.

    Raises:
        UnsealError: the text is not this tenant's, or no longer an event.
    """
    try:
        return msgspec.json.decode(vault.unseal(tenant_id, sealed), type=Event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnsealError("this text holds no event") from error


def unseal_text(sealed: str, *, tenant_id: str, vault: Vault) -> str:
    """Return the text that was sealed: a token, or an object's id.

    Raises:
        UnsealError: it is not this tenant's, or no text.
    """
    try:
        return vault.unseal(tenant_id, sealed).decode()
    except UnicodeDecodeError as error:
        raise UnsealError("this is no text") from error

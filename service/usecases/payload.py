"""The sealed event that a waiting delivery keeps."""

import msgspec

from service.domain.event import Event
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
    except msgspec.MsgspecError as error:
        raise UnsealError("this text holds no event") from error

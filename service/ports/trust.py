"""Ports that seal texts at rest, sign sessions and verify callers."""

from collections.abc import Sequence
from typing import Protocol

from service.domain.tenants.session import Session


class Vault(Protocol):
    """Encryption of texts at rest, each bound to its tenant."""

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the sealed text, which can be unsealed for this tenant only."""
        ...

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return what was sealed for this tenant, or raise UnsealError."""
        ...

    def mark(self, tenant_id: str, text: str) -> Sequence[str]:
        """Return the keyed hashes of the text for this tenant, that of the newest key first.

        What is stored has the first; what is looked for may have any.
        """
        ...

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text sealed with the newest key, or raise UnsealError."""
        ...


class Sessions(Protocol):
    """Dashboard sessions as signed texts."""

    def sign(self, session: Session) -> str:
        """Return the session as a signed text."""
        ...

    def read(self, text: str) -> Session:
        """Return the session in this text, expired or not, or raise NoSessionError."""
        ...


class Callers(Protocol):
    """Verification of the task handlers' callers."""

    def verify(self, token: str) -> None:
        """Return if the token is our queue's; else raise one of the errors below.

        Raises:
            NotOurQueueError: the token is missing, forged, expired or meant for another service.
            NotAllowedCallerError: the token names an account that may not call us.
            KeysUnavailableError: the token cannot be verified now.
        """
        ...

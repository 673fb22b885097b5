"""What proves who somebody is, and keeps texts from everybody else."""

from typing import Protocol

from service.domain.tenants.session import Session


class Vault(Protocol):
    """Keeps texts unreadable at rest, each bound to its tenant."""

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the text that only this tenant's `unseal` turns back."""
        ...

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return what was sealed for this tenant, or raise UnsealError."""
        ...

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text sealed with the newest key, or raise UnsealError."""
        ...


class Sessions(Protocol):
    """Sessions of the dashboard as texts that only we can make."""

    def sign(self, session: Session) -> str:
        """Return the session as text."""
        ...

    def read(self, text: str) -> Session:
        """Return the session in this text, whether it still holds or not; or NoSessionError."""
        ...


class Callers(Protocol):
    """Who calls the task handlers."""

    def verify(self, token: str) -> None:
        """Return for our queue's token; else raise NotOurQueueError or NotAllowedCallerError."""
        ...

"""What proves who somebody is, and keeps texts from everybody else."""

from typing import Protocol


class Vault(Protocol):
    """Keeps texts unreadable at rest, each bound to its tenant."""

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the text that only this tenant's `unseal` turns back."""
        ...

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return what was sealed for this tenant, or raise UnsealError."""
        ...


class Callers(Protocol):
    """Who calls the task handlers."""

    def verify(self, token: str) -> None:
        """Return for our queue's token; else raise NotOurQueueError or NotAllowedCallerError."""
        ...

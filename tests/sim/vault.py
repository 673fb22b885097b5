"""A simulated vault: only the tenant for which a text was sealed can unseal it."""

from collections.abc import Sequence

from service.ports import UnsealError


class SimVault:
    """Port `Vault`. A sealed text is a number, so it contains nothing of the plain text."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return a number that only this tenant can unseal."""
        sealed = f"sealed-{len(self._kept)}"
        self._kept[sealed] = (tenant_id, plain)
        return sealed

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return the plain text."""
        owner, plain = self._kept.get(sealed, ("", b""))
        if owner != tenant_id:
            raise UnsealError("this text was sealed for another tenant")
        return plain

    def mark(self, tenant_id: str, text: str) -> Sequence[str]:
        """Return a mark that only this tenant's text has."""
        return [f"{tenant_id}/{text}"]

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text, sealed again."""
        return self.seal(tenant_id, self.unseal(tenant_id, sealed))

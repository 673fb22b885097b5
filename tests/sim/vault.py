"""A safe: what it is given can be had back by whoever it was given for, and by nobody else."""

from service.ports import UnsealError


class SimVault:
    """Port `Vault`. A sealed text is a number, so no record can hold anything by accident."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the text that only this tenant's `unseal` turns back."""
        sealed = f"sealed-{len(self._kept)}"
        self._kept[sealed] = (tenant_id, plain)
        return sealed

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return what was sealed for this tenant."""
        owner, plain = self._kept.get(sealed, ("", b""))
        if owner != tenant_id:
            raise UnsealError("this text was sealed for another tenant")
        return plain

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text, sealed again."""
        return self.seal(tenant_id, self.unseal(tenant_id, sealed))

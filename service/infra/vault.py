"""Encryption at rest: Fernet with key rotation, each text bound to its tenant."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.infra.keyed_hash import KeyedHash
from service.ports import UnsealError


class FernetVault:
    """Port `Vault`. The first key seals, every key unseals.

    Fernet has no associated data, so the tenant's id is sealed in front of the text: a ciphertext
    copied to another tenant does not open there.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._marks = [KeyedHash(key, purpose="1pixel.browser-signal") for key in keys]

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the sealed text, in URL-safe characters."""
        return self._fernet.encrypt(_bound_to(tenant_id) + plain).decode()

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return the plain text.

        Raises:
            UnsealError: no key opens it, or it was sealed for another tenant.
        """
        try:
            opened = self._fernet.decrypt(sealed.encode())
        except (InvalidToken, UnicodeEncodeError) as error:
            raise UnsealError("no key opens this text") from error
        prefix = _bound_to(tenant_id)
        if not opened.startswith(prefix):
            raise UnsealError("this text was sealed for another tenant")
        return opened[len(prefix) :]

    def mark(self, tenant_id: str, text: str) -> Sequence[str]:
        """Return the keyed hashes of the text for this tenant, that of the newest key first."""
        return [each.of(tenant_id, text) for each in self._marks]

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text sealed with the newest key.

        Raises:
            UnsealError: no key opens it, or it was sealed for another tenant.
        """
        return self.seal(tenant_id, self.unseal(tenant_id, sealed))


def _bound_to(tenant_id: str) -> bytes:
    # Tenant ids hold no NUL, so no tenant's prefix begins another's.
    return tenant_id.encode() + b"\0"

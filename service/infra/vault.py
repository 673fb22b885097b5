"""Encryption at rest: AES-256-GCM with a key for each tenant, and key rotation."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.infra.keyed_hash import KeyedHash
from service.ports import UnsealError

# The first byte says how a text is sealed. Fernet's own is 0x80.
_GCM = b"\1"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"1pixel.sealed-text\0"
# As many as the tenants whose settings are kept. Deriving another key takes some 20 µs.
_MOST_KEYS = 10_000


class KeyedVault:
    """Port `Vault`. The first key seals, every key unseals.

    Each tenant has a key of its own, derived from these: a ciphertext copied to another tenant does
    not open there, and random nonces do not run out
    (docs/adr/0052-a-sealing-key-for-each-winery.md). Fernet sealed the texts of older releases,
    with the tenant's id in front of the plain text.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [urlsafe_b64decode(key) for key in keys]
        self._derived = lru_cache(maxsize=_MOST_KEYS)(_derived)
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._marks = [KeyedHash(key, purpose="1pixel.browser-signal") for key in keys]

    def seal(self, tenant_id: str, plain: bytes) -> str:
        """Return the sealed text, in URL-safe characters."""
        nonce = urandom(_NONCE_BYTES)
        sealed = AESGCM(self._derived(self._keys[0], tenant_id)).encrypt(nonce, plain, None)
        return urlsafe_b64encode(_GCM + nonce + sealed).decode()

    def unseal(self, tenant_id: str, sealed: str) -> bytes:
        """Return the plain text.

        Raises:
            UnsealError: no key opens it, or it was sealed for another tenant.
        """
        try:
            data = urlsafe_b64decode(sealed)
        except ValueError as error:
            raise UnsealError("this is no sealed text") from error
        if not data.startswith(_GCM):
            return self._unseal_fernet(tenant_id, sealed)
        nonce, text = data[1 : 1 + _NONCE_BYTES], data[1 + _NONCE_BYTES :]
        for key in self._keys:
            try:
                return AESGCM(self._derived(key, tenant_id)).decrypt(nonce, text, None)
            except (InvalidTag, ValueError):  # a nonce that was cut is a value error
                continue
        raise UnsealError("no key opens this text for this tenant")

    def mark(self, tenant_id: str, text: str) -> Sequence[str]:
        """Return the keyed hashes of the text for this tenant, that of the newest key first."""
        return [each.of(tenant_id, text) for each in self._marks]

    def reseal(self, tenant_id: str, sealed: str) -> str:
        """Return the same text sealed with the newest key.

        Raises:
            UnsealError: no key opens it, or it was sealed for another tenant.
        """
        return self.seal(tenant_id, self.unseal(tenant_id, sealed))

    def _unseal_fernet(self, tenant_id: str, sealed: str) -> bytes:
        try:
            opened = self._fernet.decrypt(sealed.encode())
        except InvalidToken as error:
            raise UnsealError("no key opens this text") from error
        # Tenant ids hold no NUL, so no tenant's prefix begins another's.
        prefix = tenant_id.encode() + b"\0"
        if not opened.startswith(prefix):
            raise UnsealError("this text was sealed for another tenant")
        return opened[len(prefix) :]


def _derived(key: bytes, tenant_id: str) -> bytes:
    info = _PURPOSE + tenant_id.encode()
    return HKDF(SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)

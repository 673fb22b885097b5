"""The keys of a local run, generated once and kept in the database's folder."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_GENERATED = ("SESSION_KEYS", "TOKEN_KEYS")
_RSA_BITS = 2048
_RSA_EXPONENT = 65537


def with_local_keys(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the environment, with generated keys where a local run gives none.

    An environment with a `STORE` other than `sqlite` is returned unchanged: production must give
    its keys.
    """
    given = {name: value for name, value in environ.items() if value.strip()}
    if given.get("STORE", "sqlite") != "sqlite" or all(name in given for name in _GENERATED):
        return environ
    folder = Path(given.get("SQLITE_PATH", ".data/1pixel.db")).parent
    return {**json.loads(_kept(folder / "keys.json", _new_keys)), **given}


def issuer_key(folder: Path) -> rsa.RSAPrivateKey:
    """Return the key that signs the local queue's caller tokens, generated on first use."""
    pem = _kept(folder / "issuer.pem", _new_issuer)
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{folder / 'issuer.pem'} holds no RSA key; delete it to get a new one")
    return key


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the file's content, generated once even if two processes start together."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Each process and thread has its own draft, readable by its owner only.
        handle, draft = mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename, this never replaces an existing file
        Path(draft).unlink()
    return path.read_bytes()


def _new_keys() -> bytes:
    return json.dumps({name: Fernet.generate_key().decode() for name in _GENERATED}).encode()


def _new_issuer() -> bytes:
    key = rsa.generate_private_key(public_exponent=_RSA_EXPONENT, key_size=_RSA_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

"""Texts signed with SESSION_KEYS by HMAC-SHA-256, each for one purpose.

itsdangerous' own defaults are SHA-1 (itsdangerous: "Signer").
"""

from collections.abc import Sequence
from hashlib import sha256

from itsdangerous import URLSafeSerializer


def serializer(keys: Sequence[str], *, purpose: str) -> URLSafeSerializer:
    """Return a serializer whose texts are valid for this purpose alone.

    The first key signs, every key verifies.
    """
    return URLSafeSerializer(
        list(reversed(keys)),  # itsdangerous wants the newest last
        salt=purpose,
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )

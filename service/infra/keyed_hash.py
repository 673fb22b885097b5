"""Keyed hashes: they tell equal texts from others, but reveal nothing without the key."""

import hmac

_DIGEST = "sha256"
_BETWEEN = "\x1f"


class KeyedHash:
    """HMAC-SHA-256 with a key of its own for each purpose, derived from one of SESSION_KEYS."""

    def __init__(self, key: str, *, purpose: str) -> None:
        self._key = hmac.digest(key.encode(), purpose.encode(), _DIGEST)

    def of(self, *parts: str) -> str:
        """Return the hash of these texts, in hexadecimal digits."""
        text = _BETWEEN.join(parts).encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, _DIGEST).hex()
